package dev.fovea.train.recipe;

/** A recipe or a flag says something that cannot be; the message names the key, the value and the way out. */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public RecipeException(String message) {
        super(message);
    }

    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
