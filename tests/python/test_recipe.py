import pytest

import ganymede


@pytest.mark.parametrize("name", ganymede.recipes())
def test_a_recipe_makes_the_round_trip_through_toml(name):
    recipe = ganymede.Recipe(name)
    assert recipe["name"] == name
    assert ganymede.Recipe.from_toml(recipe.to_toml()) == recipe


@pytest.mark.parametrize("name", ganymede.recipes())
def test_a_recipe_that_was_a_dictionary_is_the_same_to_the_library(name):
    image = (28, 28, 3 if name == "stacked" else 1)
    again = ganymede.Recipe(dict(ganymede.Recipe(name)))
    assert again.complete(image) == ganymede.Recipe(name).complete(image)


def test_a_recipe_is_read_from_a_file_and_saved_into_one(small):
    small["training"]["epochs"] = 7
    small.save("mine.toml")
    assert ganymede.Recipe("mine.toml")["training"]["epochs"] == 7


def test_a_complete_recipe_has_every_value(small):
    complete = small.complete((8, 8, 1), classes=0, batch_size=16)
    assert complete["training"]["seed"] == 42
    assert complete["training"]["batch_size"] == 16
    assert complete.complete((8, 8, 1), classes=0) == complete


def test_the_kinds_of_values_are_kept():
    values = {"a": 1, "b": 1.0, "c": True, "d": "x\n\"", "e": [1, 2.5, [True]], "f": {"g": {"h": -3}}, "i": 1e-30}
    again = ganymede.Recipe.from_toml(ganymede.Recipe(values).to_toml())
    assert again == values
    assert [type(again[key]) for key in "abc"] == [int, float, bool]


def test_what_toml_cannot_hold_is_a_type_error():
    with pytest.raises(TypeError):
        ganymede.Recipe({"a": None}).to_toml()
