package dev.fovea.data;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One Pascal VOC XML file. The corners are taken as the left, upper, right and lower edge of the box, as nearly all tools
 * write them; the numbers of the challenge itself count pixels from 1 and name the last pixel, so their boxes come out a
 * pixel too small and half a pixel off.
 *
 * @param fileName of the picture; blank if the file does not say
 */
record VocXml(String fileName, List<VocObject> objects) {
    private static final int DEEPEST = 32;
    private static final int MOST_OBJECTS = 100_000;
    private static final XMLInputFactory FACTORY = factory();

    /** An {@code object}; corners are NaN where they are missing. */
    record VocObject(String name, double x1, double y1, double x2, double y2, boolean difficult) {}

    private static XMLInputFactory factory() {
        var factory = XMLInputFactory.newDefaultFactory();
        // nothing outside the file is ever read, and there is no grammar to blow it up with
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("refers to something outside");
        });
        return factory;
    }

    /**
     * Reads a file.
     *
     * @return empty if it is XML of another kind
     * @throws DatasetException if it is damaged, has a document type or is unreasonably large
     */
    static Optional<VocXml> read(byte[] xml, String source) throws DatasetException {
        try {
            XMLStreamReader reader;
            synchronized (FACTORY) {
                reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(xml));
            }
            return new Reading(source).read(reader);
        } catch (XMLStreamException e) {
            throw new DatasetException(source + " is not readable XML: " + firstLine(e) + "; correct or remove it", e);
        }
    }

    private static String firstLine(XMLStreamException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }

    /** The state while a file is read. */
    private static final class Reading {
        private final String source;
        private final List<String> path = new ArrayList<>();
        private final List<VocObject> objects = new ArrayList<>();
        private String fileName = "";
        private String name = "";
        private final double[] corners = new double[4];
        private boolean difficult;

        Reading(String source) {
            this.source = source;
        }

        Optional<VocXml> read(XMLStreamReader reader) throws XMLStreamException, DatasetException {
            var text = new StringBuilder();
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new DatasetException(
                                source + " has a document type or entities, which are not read; remove them");
                    case XMLStreamConstants.START_ELEMENT -> {
                        start(reader.getLocalName());
                        text.setLength(0);
                        if (path.size() == 1 && !path.get(0).equals("annotation")) {
                            return Optional.empty();
                        }
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        end(text.toString().strip());
                        text.setLength(0);
                    }
                    default -> {}
                }
            }
            return Optional.of(new VocXml(fileName, List.copyOf(objects)));
        }

        private void start(String element) throws DatasetException {
            path.add(element);
            if (path.size() > DEEPEST || objects.size() > MOST_OBJECTS) {
                throw new DatasetException(source + " is nested deeper than " + DEEPEST + " or has more than "
                        + MOST_OBJECTS + " objects, the limits");
            }
            if (at("annotation/object")) {
                name = "";
                Arrays.fill(corners, Double.NaN);
                difficult = false;
            }
        }

        private boolean at(String place) {
            return String.join("/", path).equals(place);
        }

        private void end(String text) throws DatasetException {
            switch (String.join("/", path)) {
                case "annotation/filename" -> fileName = text;
                case "annotation/object/name" -> name = text;
                case "annotation/object/difficult" -> difficult = text.equals("1") || text.equalsIgnoreCase("true");
                case "annotation/object/bndbox/xmin" -> corners[0] = number(text);
                case "annotation/object/bndbox/ymin" -> corners[1] = number(text);
                case "annotation/object/bndbox/xmax" -> corners[2] = number(text);
                case "annotation/object/bndbox/ymax" -> corners[3] = number(text);
                case "annotation/object" -> object();
                default -> {}
            }
            path.remove(path.size() - 1);
        }

        private void object() throws DatasetException {
            if (name.isBlank()) {
                throw new DatasetException(source + ": an object has no name; name its class");
            }
            objects.add(new VocObject(name, corners[0], corners[1], corners[2], corners[3], difficult));
        }

        private double number(String text) throws DatasetException {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                String shown = text.substring(0, Math.min(40, text.length()));
                throw new DatasetException(source + ": '" + shown + "' is no corner of a box; write a number", e);
            }
        }
    }
}
