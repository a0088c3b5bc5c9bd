package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.train.recipe.RecipeException;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyRecipeTest {
    @TempDir
    Path temp;

    private RecipeTree file(String yaml) throws IOException {
        return RecipeTree.of(ClassifyRecipe.defaults()).withFile(Files.writeString(temp.resolve("r.yaml"), yaml));
    }

    @Test
    void a_flag_goes_before_the_file_and_the_file_before_the_defaults() throws IOException {
        var recipe = file("run: {epochs: 5, batch: 8}\noptimizer: {lr: 0.5}\n")
                .with("run.epochs", 7)
                .as(ClassifyRecipe.class);
        assertThat(recipe.run().epochs()).isEqualTo(7);
        assertThat(recipe.run().batch()).isEqualTo(8);
        assertThat(recipe.optimizer().lr()).isEqualTo(0.5);
        assertThat(recipe.optimizer().name()).isEqualTo("adamw");
    }

    @Test
    void an_unknown_key_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> file("run: {epoch: 5}\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("unknown key 'run.epoch'")
                .hasMessageContaining("did you mean 'epochs'?");
    }

    @Test
    void a_value_out_of_range_is_named_with_the_way_out() {
        assertThatThrownBy(() -> file("run: {epochs: 0}\n").as(ClassifyRecipe.class))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("run.epochs cannot be 0; use 1 to 100000");
        assertThatThrownBy(() -> file("optimizer: {name: adamm}\n").as(ClassifyRecipe.class))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("did you mean 'adam");
    }

    @Test
    void a_text_where_a_number_belongs_is_named() {
        assertThatThrownBy(() -> file("run: {epochs: many}\n").as(ClassifyRecipe.class))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("run.epochs");
    }

    @Test
    void words_of_a_choice_are_written_in_lower_case() throws IOException {
        var recipe = file("data: {balance: sampler}\n").as(ClassifyRecipe.class);
        assertThat(recipe.data().balance()).isEqualTo(ClassifyRecipe.Balance.SAMPLER);
        assertThat(RecipeTree.of(recipe).toYaml()).contains("balance: sampler");
        assertThatThrownBy(() -> file("data: {balance: often}\n").as(ClassifyRecipe.class))
                .isInstanceOf(RecipeException.class)
                .hasMessage("data.balance cannot be 'often'; known are none, sampler, weights");
    }

    @Test
    void what_is_written_reads_back_equal() throws IOException {
        var recipe = ClassifyRecipe.defaults();
        assertThat(file(RecipeTree.of(recipe).toYaml()).as(ClassifyRecipe.class))
                .isEqualTo(recipe);
    }
}
