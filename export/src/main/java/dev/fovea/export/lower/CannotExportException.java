package dev.fovea.export.lower;

/** A network does something that an ONNX graph cannot show, or not as asked; the message names the layer and the operation. */
public final class CannotExportException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public CannotExportException(String message) {
        super("cannot export: " + message);
    }

    static CannotExportException at(String module, String operation, String reason) {
        return new CannotExportException((module.isEmpty() ? "the network" : "layer '" + module + "'") + ", operation '"
                + operation + "': " + reason);
    }
}
