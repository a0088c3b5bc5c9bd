package dev.fovea.bench;

import java.io.IOException;

/** Writes torchvision's networks in TorchScript's form, which is what DJL's PyTorch engine reads. */
final class TorchScript {
    private TorchScript() {}

    /** Traces a network with random weights; where Python has no torch, no file appears, and who wants it is skipped. */
    static void write(String python, String model, int side, String traced, String frozen) throws IOException {
        var command = Commands.python(python, "torchscript", model, String.valueOf(side), traced, frozen);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            System.err.println("bench: no Python at " + python + ", so DJL's PyTorch engine has no network to load");
            return;
        }
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
