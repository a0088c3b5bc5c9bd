package dev.fovea.tensor;

import dev.fovea.tensor.trace.Recorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The one place where operations run: frees the presets' temporary objects, hands results to the innermost {@link Scope},
 * tells the {@link Recorder}, and turns libtorch's failures into sentences.
 */
final class Op {
    private static final ThreadLocal<Recorder> RECORDER = new ThreadLocal<>();

    static {
        Natives.ensureLoaded();
    }

    private Op() {}

    /** Computes one native tensor; the presets' objects made on the way are freed right after. */
    interface Kernel {
        org.bytedeco.pytorch.Tensor run();
    }

    /** Computes several native tensors. */
    interface ManyKernel {
        org.bytedeco.pytorch.Tensor[] run();
    }

    /** Works on native tensors and gives none. */
    interface VoidKernel {
        void run();
    }

    static Recorder setRecorder(Recorder recorder) {
        Recorder before = RECORDER.get();
        if (recorder == null) {
            RECORDER.remove();
        } else {
            RECORDER.set(recorder);
        }
        return before;
    }

    static Recorder recorder() {
        return RECORDER.get();
    }

    /** A handle of its own on a tensor that the presets give by reference, as in-place functions do. */
    static org.bytedeco.pytorch.Tensor handle(org.bytedeco.pytorch.Tensor reference) {
        return new org.bytedeco.pytorch.Tensor(reference);
    }

    /** A tensor that may be absent, as the presets take it. */
    static TensorOptional optional(Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor.raw());
    }

    static Tensor run(String name, Attributes attributes, Kernel kernel, Tensor... inputs) {
        Tensor result;
        try (var temporaries = new PointerScope()) {
            result = own(kernel.run());
        } catch (RuntimeException e) {
            throw failure(name, attributes, inputs, e);
        }
        Scope.adopt(result);
        var recorder = RECORDER.get();
        if (recorder != null) {
            recorder.operation(name, listOf(inputs), attributes, List.of(result));
        }
        return result;
    }

    static List<Tensor> runMany(String name, Attributes attributes, ManyKernel kernel, Tensor... inputs) {
        var results = many(name, attributes, kernel, inputs);
        var recorder = RECORDER.get();
        if (recorder != null) {
            recorder.operation(name, listOf(inputs), attributes, results);
        }
        return results;
    }

    private static List<Tensor> many(String name, Attributes attributes, ManyKernel kernel, Tensor... inputs) {
        var results = new ArrayList<Tensor>();
        try (var temporaries = new PointerScope()) {
            for (var raw : kernel.run()) {
                results.add(own(raw));
            }
        } catch (RuntimeException e) {
            results.forEach(Tensor::close);
            throw failure(name, attributes, inputs, e);
        }
        results.forEach(Scope::adopt);
        return Collections.unmodifiableList(results);
    }

    /**
     * A handle that outlives the pointer scope around it. What a tuple, a list or a reference hands out lives in their memory and
     * has no counter of its own, so that the handle must be a copy (of the handle; never of the elements).
     */
    private static Tensor own(org.bytedeco.pytorch.Tensor raw) {
        var counted = raw.referenceCount() < 0 ? new org.bytedeco.pytorch.Tensor(raw) : raw;
        counted.retainReference();
        return new Tensor(counted);
    }

    /** {@link #run} for work that has no place in a graph. */
    static Tensor silently(String name, Kernel kernel, Tensor... inputs) {
        Tensor result;
        try (var temporaries = new PointerScope()) {
            result = own(kernel.run());
        } catch (RuntimeException e) {
            throw failure(name, Attributes.NONE, inputs, e);
        }
        Scope.adopt(result);
        return result;
    }

    /** {@link #runMany} for work that has no place in a graph. */
    static List<Tensor> silentlyMany(String name, ManyKernel kernel, Tensor... inputs) {
        return many(name, Attributes.NONE, kernel, inputs);
    }

    /** For work that has no place in a graph (copying data, optimiser steps, backward). */
    static void runSilently(String name, VoidKernel kernel, Tensor... inputs) {
        try (var temporaries = new PointerScope()) {
            kernel.run();
        } catch (RuntimeException e) {
            throw failure(name, Attributes.NONE, inputs, e);
        }
    }

    /** Asks native tensors something. */
    static boolean ask(String name, BooleanSupplier question, Tensor... inputs) {
        try (var temporaries = new PointerScope()) {
            return question.getAsBoolean();
        } catch (RuntimeException e) {
            throw failure(name, Attributes.NONE, inputs, e);
        }
    }

    private static List<Tensor> listOf(Tensor[] inputs) {
        return Collections.unmodifiableList(Arrays.asList(inputs.clone()));
    }

    private static RuntimeException failure(String name, Attributes attributes, Tensor[] inputs, RuntimeException e) {
        if (e instanceof IllegalArgumentException || e instanceof IllegalStateException) {
            return e;
        }
        var text = new StringBuilder(name)
                .append(": ")
                .append(firstSentence(e.getMessage()))
                .append("; got ");
        for (int i = 0; i < inputs.length; i++) {
            text.append(i == 0 ? "" : ", ").append(inputs[i] == null ? "none" : inputs[i].describe());
        }
        String parameters = attributes.toString();
        if (!parameters.isEmpty()) {
            text.append(" with ").append(parameters);
        }
        return new TensorException(text.toString(), e);
    }

    /** libtorch appends a C++ stack trace to its messages. */
    private static String firstSentence(String message) {
        if (message == null) {
            return "libtorch gave no reason";
        }
        int end = message.indexOf("\nException raised from");
        String sentence = (end < 0 ? message : message.substring(0, end)).strip();
        int line = sentence.indexOf('\n');
        return line < 0 ? sentence : sentence.substring(0, line);
    }
}
