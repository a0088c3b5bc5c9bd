package dev.fovea.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;

/** What {@code /metrics} tells, in Prometheus' text format. */
final class ServerMetrics implements AutoCloseable {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    ServerMetrics(Admission admission) {
        Gauge.builder("fovea.pictures.in.work", admission, Admission::pictures)
                .description("Pictures of requests that are not answered yet")
                .register(registry);
        for (var binder :
                List.of(new JvmMemoryMetrics(), new JvmThreadMetrics(), new ProcessorMetrics(), new UptimeMetrics())) {
            binder.bindTo(registry);
        }
    }

    /** A request was answered. Routes are patterns, so that strangers cannot make up new series. */
    void request(String route, int status, Duration time) {
        Timer.builder("fovea.requests")
                .description("Time from a request's headers to its answer")
                .tags(Tags.of("route", route, "status", Integer.toString(status)))
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(registry)
                .record(time);
    }

    /** A batch has run. */
    void batch(String model, int pictures, Duration time) {
        var tags = Tags.of("model", model);
        DistributionSummary.builder("fovea.batch.pictures")
                .description("Pictures that ran together")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
                .tags(tags)
                .register(registry)
                .record(pictures);
        Timer.builder("fovea.batch")
                .description("Time of a batch")
                .tags(tags)
                .register(registry)
                .record(time);
    }

    /** A version of a model was loaded, first or anew. */
    void loaded(String model) {
        Counter.builder("fovea.models.loaded")
                .description("Versions of models that were loaded, first or anew")
                .tags(Tags.of("model", model))
                .register(registry)
                .increment();
    }

    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}
