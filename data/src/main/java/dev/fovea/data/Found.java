package dev.fovea.data;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What a form of data holds, before anything is held out.
 *
 * @param what the form and its path, as messages name them
 * @param train the training part, or everything if there are no parts
 * @param key a name for each sample of {@code train} that stays with it when others are added
 * @param multiLabel whether an image may have any number of classes
 */
record Found(
        String what,
        Dataset train,
        IntFunction<String> key,
        Optional<Dataset> validation,
        Optional<Dataset> test,
        boolean multiLabel) {}
