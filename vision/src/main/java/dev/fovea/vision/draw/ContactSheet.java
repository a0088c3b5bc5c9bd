package dev.fovea.vision.draw;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.List;

/**
 * Many images as one picture: a grid, each image fitted into its cell (small ones enlarged by whole factors), with an
 * optional caption below it of up to two lines.
 *
 * <pre>{@code
 * Image sheet = ContactSheet.of(images).captions(names).columns(8).cell(Size.square(128)).render();
 * }</pre>
 */
public record ContactSheet(List<Image> images, List<String> captions, int columns, Size cell) {
    private static final int GAP = 6;
    private static final double TEXT = 0.4;
    private static final int LINE = 14;
    private static final Colour PAPER = new Colour(250, 250, 250);
    private static final Colour INK = new Colour(30, 30, 30);

    public ContactSheet {
        images = List.copyOf(images);
        captions = List.copyOf(captions);
        if (images.isEmpty()) {
            throw new IllegalArgumentException("a contact sheet needs at least one image");
        }
        if (!captions.isEmpty() && captions.size() != images.size()) {
            throw new IllegalArgumentException(
                    "a contact sheet of " + images.size() + " images needs as many captions, got " + captions.size());
        }
        if (columns < 1) {
            throw new IllegalArgumentException("a contact sheet needs at least 1 column, got " + columns);
        }
    }

    /** A sheet without captions, about as wide as high, with cells of 128x128. */
    public static ContactSheet of(List<Image> images) {
        int columns = (int) Math.max(1, Math.ceil(Math.sqrt(images.size())));
        return new ContactSheet(images, List.of(), columns, Size.square(128));
    }

    /** A caption for each image; a blank one leaves its place empty. */
    public ContactSheet captions(List<String> newCaptions) {
        return new ContactSheet(images, newCaptions, columns, cell);
    }

    public ContactSheet columns(int newColumns) {
        return new ContactSheet(images, captions, newColumns, cell);
    }

    /** The room of each image, without its caption. */
    public ContactSheet cell(Size newCell) {
        return new ContactSheet(images, captions, columns, newCell);
    }

    /** The sheet as an RGB image. */
    public Image render() {
        List<List<String>> lines =
                captions.stream().map(c -> wrap(c, cell.width())).toList();
        int most = lines.stream().mapToInt(List::size).max().orElse(0);
        int used = Math.min(columns, images.size());
        int rows = (images.size() + columns - 1) / columns;
        int rowHeight = cell.height() + most * LINE + (most > 0 ? 4 : 0) + GAP;
        int width = Math.addExact(GAP, Math.multiplyExact(used, cell.width() + GAP));
        int height = Math.addExact(GAP, Math.multiplyExact(rows, rowHeight));
        byte[] sheet = Image.filled(width, height, PAPER.red(), PAPER.green(), PAPER.blue())
                .pixels();
        for (int i = 0; i < images.size(); i++) {
            place(images.get(i), sheet, width, left(i), GAP + i / columns * rowHeight);
        }
        if (most == 0) {
            return Image.wrap(width, height, 3, sheet);
        }
        try (var canvas = new Canvas(Image.wrap(width, height, 3, sheet))) {
            for (int i = 0; i < images.size(); i++) {
                int baseline = GAP + i / columns * rowHeight + cell.height() + LINE;
                for (String line : lines.get(i)) {
                    int indent = (cell.width() - Canvas.textSize(line, TEXT).width()) / 2;
                    canvas.text(line, left(i) + Math.max(0, indent), baseline, TEXT, INK);
                    baseline += LINE;
                }
            }
            return canvas.image();
        }
    }

    private int left(int index) {
        return GAP + index % columns * (cell.width() + GAP);
    }

    private void place(Image image, byte[] sheet, int width, int left, int top) {
        Image fitted = Canvas.resized(image, fitted(image.size()));
        int x = left + (cell.width() - fitted.width()) / 2;
        int y = top + (cell.height() - fitted.height()) / 2;
        for (int row = 0; row < fitted.height(); row++) {
            System.arraycopy(
                    fitted.pixels(), row * fitted.width() * 3, sheet, ((y + row) * width + x) * 3, fitted.width() * 3);
        }
    }

    private Size fitted(Size size) {
        double factor = Math.min(cell.width() / (double) size.width(), cell.height() / (double) size.height());
        if (factor >= 2) {
            factor = Math.floor(factor);
        }
        return new Size(
                Math.max(1, (int) Math.min(cell.height(), Math.round(size.height() * factor))),
                Math.max(1, (int) Math.min(cell.width(), Math.round(size.width() * factor))));
    }

    /** At most two lines that fit into a width; what does not fit is cut. */
    private static List<String> wrap(String caption, int width) {
        String text = caption.strip();
        int fits = text.length();
        while (fits > 1 && Canvas.textSize(text.substring(0, fits), TEXT).width() > width) {
            fits--;
        }
        if (fits == text.length()) {
            return text.isEmpty() ? List.of() : List.of(text);
        }
        int end = text.charAt(fits) == ' '
                ? fits
                : Math.max(text.lastIndexOf(' ', fits), text.lastIndexOf(',', fits - 1) + 1);
        if (end <= 0) {
            end = fits;
        }
        return List.of(
                text.substring(0, end).strip(), Canvas.fit(text.substring(end).strip(), TEXT, width));
    }
}
