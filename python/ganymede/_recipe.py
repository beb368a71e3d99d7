"""Recipes as dictionaries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .lib import _core

#: The names that `train` and `ganymede train` have for settings of a recipe.
SHORT_NAMES = {
    "epochs": "training.epochs",
    "batch_size": "training.batch_size",
    "seed": "training.seed",
    "precision": "training.precision",
    "threads": "training.threads",
    "eval_every": "output.eval_every_epochs",
    "size": "images.size",
    "fit": "images.fit",
    "split_seed": "images.split_seed",
    "held_out": "images.held_out",
}


def overrides(settings: Mapping[str, Any]) -> list[str]:
    """Settings as the library takes them: ``["training.epochs = 3"]``; those that are None are left out."""
    return [
        f"{SHORT_NAMES.get(key, key)}={_core.value_to_toml(value)}"
        for key, value in settings.items()
        if value is not None
    ]


def recipes() -> list[str]:
    """Return the names of the recipes that come along, sorted."""
    return _core.recipe_names()


class Recipe(dict):
    """A recipe: everything that decides how a model is trained, as a dictionary of its TOML.

    Parameters
    ----------
    source : str, path or mapping
        The name of a recipe (see `recipes`), the path of a TOML file, or the values themselves.

    Examples
    --------
    >>> recipe = ganymede.Recipe("dense")
    >>> recipe["generator_optimizer"]["learning_rate"] = 1e-4
    >>> run = ganymede.train(recipe, epochs=5)
    """

    def __init__(self, source: str | os.PathLike[str] | Mapping[str, Any] = "best"):
        if isinstance(source, Mapping):
            super().__init__(source)
        else:
            super().__init__(_core.toml_to_dict(*_core.recipe_text(os.fspath(source))))

    @classmethod
    def from_toml(cls, text: str) -> Recipe:
        """Make a recipe of TOML.

        Raises
        ------
        ConfigurationError
            If the text is no TOML.
        """
        return cls(_core.toml_to_dict(text))

    def to_toml(self) -> str:
        """Return the recipe as TOML, which `from_toml` reads back as the same dictionary."""
        return _core.dict_to_toml(dict(self))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recipe as a TOML file, which ``ganymede train FILE`` takes."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.to_toml() + "\n")

    def complete(
        self, image: tuple[int, int, int] = (28, 28, 1), classes: int = 10, images: int = 60000, **settings: Any
    ) -> Recipe:
        """Return the recipe for such data with every value written out, as a run keeps it.

        Parameters
        ----------
        image : tuple of int
            Height, width and channels of the images.
        classes : int
            The number of labels; 0 without labels.
        images : int
            The number of images to train on.
        **settings
            Settings as in `train`.

        Raises
        ------
        ConfigurationError
            If the recipe is wrong, or its networks cannot be made for such images.
        """
        return Recipe.from_toml(
            _core.complete_recipe(self.to_toml(), self.where, overrides(settings), list(image), classes, images)
        )

    @property
    def where(self) -> str:
        """What the recipe is called in errors."""
        return str(self.get("name", "recipe"))

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.to_toml())}</pre>"
