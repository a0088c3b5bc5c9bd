package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Models;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.recipe.RecipeTree;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifyOptimizerTest {
    /** The first step of rmsprop is g / (sqrt((1 - alpha) g²) + eps) times the rate; here g = 1. */
    @ParameterizedTest
    @CsvSource({"0.99, 1e-8, 10", "0.9, 1e-8, 3.16227766", "0.9, 0.6837722, 1"})
    void rmsprop_takes_its_decay_and_its_eps_from_the_recipe(double alpha, double eps, double step) {
        var recipe = RecipeTree.of(ClassifyRecipe.defaults())
                .with("optimizer.name", "rmsprop")
                .with("optimizer.lr", 0.125)
                .with("optimizer.weight_decay", 0)
                .with("optimizer.backbone_lr", 1)
                .with("optimizer.alpha", alpha)
                .with("optimizer.eps", eps)
                .as(ClassifyRecipe.class);
        try (var scope = Scope.open();
                var mode = Grad.on();
                var network = Models.classify("mlp", Map.of("classes", 3));
                var optimizer = ClassifyOptimizer.of(recipe.optimizer(), network)) {
            var bias = network.head().parameters().get("bias").value();
            double before = bias.detach().narrow(0, 0, 1).item();
            Tensor sum = network.call(Tensor.ones(2, 1, 28, 28)).narrow(1, 0, 1).mean();
            sum.backward();
            optimizer.step();
            assertThat(before - bias.detach().narrow(0, 0, 1).item()).isCloseTo(0.125 * step, within(1e-4));
        }
    }
}
