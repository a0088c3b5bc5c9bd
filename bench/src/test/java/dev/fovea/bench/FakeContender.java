package dev.fovea.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The process of a contender that takes a stated time without taking it, or misbehaves. */
final class FakeContender {
    private FakeContender() {}

    static Contender of(String name, String... behaviour) {
        var command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FakeContender.class.getName()));
        command.addAll(List.of(behaviour));
        return new Contender(name, command);
    }

    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        switch (args[0]) {
            case "absent" -> System.out.println("unavailable there is no such library");
            case "broken" -> throw new IllegalStateException("cannot start");
            case "dying" -> {
                System.out.println("ready to die");
                in.readLine();
                System.err.println("out of breath");
            }
            case "growing" -> {
                // A repetition takes as many seconds as there are repetitions in its turn.
                System.out.println("ready to grow");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    long n = Integer.parseInt(line);
                    System.out.println("done " + n * n + " " + n);
                }
            }
            default -> {
                // Seconds a repetition: the first value to warm up with, then one for each turn.
                System.out.println("ready fake of " + args[0]);
                int turn = 0;
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    int n = Integer.parseInt(line);
                    System.out.println("done " + n * Double.parseDouble(args[turn++]) + " " + n * 16);
                }
            }
        }
    }
}
