/**
 * Files of weights.
 *
 * <p>Start with {@link dev.fovea.nn.checkpoint.Checkpoints#read}: it recognises the format by the file's content and gives a
 * {@link dev.fovea.nn.checkpoint.Checkpoint}. Fovea writes {@link dev.fovea.nn.checkpoint.Safetensors} only, always to a
 * temporary file that then takes the old one's place ({@link dev.fovea.nn.checkpoint.AtomicFile}).
 *
 * <p>PyTorch's own files are Python pickles, which can ask a reader to run anything. Here a pickle is read as data: an
 * allow-list names the few Python objects that stand for data, and every other one ends the reading. All sizes that a file
 * states are compared with what it really holds before memory is taken.
 */
package dev.fovea.nn.checkpoint;
