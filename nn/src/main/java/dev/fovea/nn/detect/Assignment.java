package dev.fovea.nn.detect;

import java.util.Arrays;

/**
 * Which row goes with which column so that the sum of costs is the least possible: the linear assignment problem, solved exactly by
 * shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987) in {@code O(n² m)} for n rows and m columns, n the smaller.
 */
public final class Assignment {
    private Assignment() {}

    /**
     * The cheapest assignment.
     *
     * @param costs one array of equal length for each row, finite; there may be more rows than columns or fewer
     * @return for each row its column, or -1 where there are too few columns
     */
    public static int[] cheapest(double[][] costs) {
        int rows = costs.length;
        int columns = rows == 0 ? 0 : costs[0].length;
        check(costs, columns);
        if (rows <= columns) {
            return ofRows(costs, columns);
        }
        var turned = new double[columns][rows];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                turned[c][r] = costs[r][c];
            }
        }
        var result = new int[rows];
        Arrays.fill(result, -1);
        var rowOf = ofRows(turned, rows);
        for (int c = 0; c < columns; c++) {
            result[rowOf[c]] = c;
        }
        return result;
    }

    private static void check(double[][] costs, int columns) {
        for (int r = 0; r < costs.length; r++) {
            if (costs[r].length != columns) {
                throw new IllegalArgumentException("costs need rows of one length; row 0 has " + columns + ", row " + r
                        + " has " + costs[r].length);
            }
            for (int c = 0; c < columns; c++) {
                if (!Double.isFinite(costs[r][c])) {
                    throw new IllegalArgumentException(
                            "costs must be finite, got " + costs[r][c] + " in row " + r + ", column " + c);
                }
            }
        }
    }

    /** Rows one after another, each along the cheapest path of swaps to a free column; places count from 1, 0 is none. */
    private static int[] ofRows(double[][] costs, int columns) {
        int rows = costs.length;
        var ofRow = new double[rows + 1];
        var ofColumn = new double[columns + 1];
        var rowAt = new int[columns + 1];
        var from = new int[columns + 1];
        var least = new double[columns + 1];
        var visited = new boolean[columns + 1];
        for (int row = 1; row <= rows; row++) {
            rowAt[0] = row;
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            Arrays.fill(visited, false);
            int column = 0;
            while (rowAt[column] != 0) {
                visited[column] = true;
                int current = rowAt[column];
                double[] cost = costs[current - 1];
                double step = Double.POSITIVE_INFINITY;
                int next = 0;
                for (int c = 1; c <= columns; c++) {
                    if (visited[c]) {
                        continue;
                    }
                    double reduced = cost[c - 1] - ofRow[current] - ofColumn[c];
                    if (reduced < least[c]) {
                        least[c] = reduced;
                        from[c] = column;
                    }
                    if (least[c] < step) {
                        step = least[c];
                        next = c;
                    }
                }
                for (int c = 0; c <= columns; c++) {
                    if (visited[c]) {
                        ofRow[rowAt[c]] += step;
                        ofColumn[c] -= step;
                    } else {
                        least[c] -= step;
                    }
                }
                column = next;
            }
            for (; column != 0; column = from[column]) {
                rowAt[column] = rowAt[from[column]];
            }
        }
        var result = new int[rows];
        for (int c = 1; c <= columns; c++) {
            if (rowAt[c] > 0) {
                result[rowAt[c] - 1] = c - 1;
            }
        }
        return result;
    }
}
