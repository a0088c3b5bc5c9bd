package dev.fovea.bench;

import java.util.List;

/**
 * Somebody who takes part.
 *
 * @param name for the table
 * @param command what starts its process
 */
public record Contender(String name, List<String> command) {
    public Contender {
        command = List.copyOf(command);
    }
}
