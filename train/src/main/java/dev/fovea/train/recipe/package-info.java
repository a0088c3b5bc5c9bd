/**
 * Recipes: all options of a run as one YAML document, merged from defaults, a file and flags.
 *
 * <p>Start with {@link dev.fovea.train.recipe.RecipeTree}, which merges and checks; each task has its own records of options, such as
 * {@code ClassifyRecipe}.
 */
package dev.fovea.train.recipe;
