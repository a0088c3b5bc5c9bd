package dev.fovea.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final Scope scope = Scope.open();
    private final Sequential net =
            Sequential.of(Conv2d.of(1, 2, 3), BatchNorm2d.of(2)).build();

    @AfterEach
    void free() {
        scope.close();
    }

    private Map<String, Tensor> fives() {
        var tensors = new LinkedHashMap<String, Tensor>();
        net.stateDict()
                .forEach((key, t) -> tensors.put(
                        key, Tensor.full(5, t.dtype(), t.device(), t.shape().toArray())));
        return tensors;
    }

    @Test
    void the_order_of_keys_is_the_references() {
        assertThat(net.stateDict().keySet())
                .containsExactly(
                        "0.weight",
                        "0.bias",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "1.num_batches_tracked");
    }

    @Test
    void matching_tensors_are_taken_and_stay_trainable() {
        net.loadStrict(fives());
        assertThat(net.stateDict().get("1.num_batches_tracked").itemLong()).isEqualTo(5);
        assertThat(net.stateDict().get("0.bias").toFloatArray()).containsExactly(5, 5);
        assertThat(net.parameters().get("0.bias").isTrainable()).isTrue();
    }

    @Test
    void strict_loading_changes_nothing_when_anything_is_wrong_and_lists_all() {
        var wrong = fives();
        wrong.put("0.wieght", wrong.remove("0.weight"));
        wrong.put("1.bias", Tensor.zeros(3));
        var before = net.stateDict().get("0.bias").toFloatArray();
        assertThatThrownBy(() -> net.loadStrict(wrong))
                .isInstanceOf(StateDictException.class)
                .hasMessageContaining("1 missing (first: 0.weight, perhaps there as 0.wieght)")
                .hasMessageContaining("1 unexpected (first: 0.wieght)")
                .hasMessageContaining("1.bias: expected [2], got [3]");
        assertThat(net.stateDict().get("0.bias").toFloatArray()).isEqualTo(before);
    }

    @Test
    void lenient_loading_takes_what_fits_and_reports_the_rest() {
        var some = fives();
        some.remove("0.weight");
        some.put("1.weight", Tensor.zeros(7));
        some.put("extra", Tensor.zeros(1));
        var report = net.load(some);
        assertThat(report.missing()).containsExactly("0.weight");
        assertThat(report.unexpected()).containsExactly("extra");
        assertThat(report.misshaped()).containsExactly(new LoadReport.Misshaped("1.weight", Shape.of(2), Shape.of(7)));
        assertThat(net.stateDict().get("0.bias").toFloatArray()).containsExactly(5, 5);
        assertThat(net.stateDict().get("1.weight").toFloatArray()).containsExactly(1, 1);
    }

    @Test
    void counters_of_batches_may_be_missing_since_old_files_lack_them() {
        var old = fives();
        old.remove("1.num_batches_tracked");
        net.loadStrict(old);
        assertThat(net.stateDict().get("1.running_mean").toFloatArray()).containsExactly(5, 5);
    }

    @Test
    void long_lists_are_cut_and_counted() {
        var report = net.compare(Map.of());
        assertThat(report.toString()).startsWith("6 missing:\n  0.weight\n");
        assertThat(report.isComplete()).isFalse();
        assertThat(net.compare(fives()).sentence()).isEqualTo("all keys match");
    }

    @Test
    void maps_of_states_follow_changes_of_the_structure() {
        var parameters = net.parameters();
        assertThat(net.parameters()).isSameAs(parameters);
        var parent = Sequential.empty().build();
        parent.add(() -> net);
        assertThat(parent.parameters()).containsKey("0.0.weight");
        net.replace("0", Linear.of(4, 5));
        assertThat(parent.parameterCount()).isEqualTo(4 * 5 + 5 + 4);
        assertThat(parent.find("0.0")).containsInstanceOf(Linear.class);
        net.add(Linear.of(1, 1));
        assertThat(parent.parameters()).containsKey("0.2.weight");
    }

    @Test
    void freezing_a_part_leaves_it_out_of_training_and_statistics_are_held_only_on_request() {
        net.freeze();
        assertThat(net.parameters().values()).noneMatch(Parameter::isTrainable);
        var norm = (RunningStatistics) net.stages().get(1);
        assertThat(norm.areStatisticsHeld()).isFalse();
        net.freezeStatistics(true);
        assertThat(norm.areStatisticsHeld()).isTrue();
        net.unfreeze();
        assertThat(net.parameters().values()).allMatch(Parameter::isTrainable);
    }
}
