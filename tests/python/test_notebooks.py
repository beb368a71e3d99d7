"""The notebooks run as they are, but for fewer steps."""

import pathlib
import shutil

import pytest

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
FEWER_STEPS = """
import ganymede
_train = ganymede.train
ganymede.train = lambda *recipe_and_data, **settings: _train(
    *recipe_and_data, **{**settings, "epochs": None, "steps": 12, "threads": 1})
"""


@pytest.mark.parametrize("path", sorted((EXAMPLES / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs(path, place):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    work = place / "examples" / "notebooks"
    work.mkdir(parents=True)
    shutil.copy(EXAMPLES / "make_pictures.py", work.parent)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FEWER_STEPS))
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(work)}}).execute()


@pytest.mark.parametrize("path", sorted((EXAMPLES / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_its_results(path):
    import json

    cells = json.loads(path.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    pictures = [kind for output in outputs for kind in output.get("data", {}) if kind in ("image/png", "text/html")]
    assert pictures and all(output["output_type"] != "error" for output in outputs)


def test_the_live_cell_of_a_training_is_one_output_that_is_redrawn(place):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    train = nbformat.v4.new_code_cell(
        "import ganymede; run = ganymede.train('dense-small', steps=60, out='run', threads=1)"
    )
    notebook = nbformat.v4.new_notebook(cells=[train])
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert "step 60/60" in output["data"]["text/html"]
    assert "<svg" in output["data"]["text/html"] and "data:image/png" in output["data"]["text/html"]
