package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Form;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws what happened in a scenario: throughput, latency and dead rows over the time, with its phases marked. */
final class Plot {

    private static final Color BLUE = new Color(0x1f, 0x5f, 0xa8);
    private static final Color LIGHT = new Color(0x8f, 0xb8, 0xde);
    private static final Color ORANGE = new Color(0xd9, 0x6b, 0x0b);
    private static final Color GREY = new Color(0x80, 0x80, 0x80);

    private final Course course;
    private final long zero;
    private final long last;

    private Plot(Course course) {
        this.course = course;
        this.zero = course.phases().get(0).start().at().toEpochSecond();
        this.last = course.phases().get(course.phases().size() - 1).end().at().toEpochSecond();
    }

    /** Draws into a file that is named after the scenario; the title says what is to be seen. */
    static void draw(String scenario, String title, Course course) {
        Plot plot = new Plot(course);
        Path file = Form.OUTPUT.resolve("plots").resolve(scenario + ".png");
        try {
            Files.createDirectories(file.getParent());
            BitmapEncoder.saveBitmap(
                    List.of(plot.throughput(title), plot.latency(), plot.deadRows()),
                    3,
                    1,
                    file.toString(),
                    BitmapFormat.PNG);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private XYChart throughput(String title) {
        XYChart chart = chart(title, "thousand jobs/s, or waiting");
        add(chart, "jobs ended a second", BLUE, seconds(second -> second.finished() / 1_000.0));
        add(chart, "jobs waiting or running", LIGHT, seconds(second -> second.backlog() / 1_000.0));
        double top = top(chart);
        for (Phase phase : course.phases()) {
            double middle =
                    (phase.start().at().toEpochSecond() + phase.end().at().toEpochSecond()) / 2.0 - zero;
            chart.addAnnotation(new AnnotationText(phase.name(), middle, top * 1.12, false));
        }
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(top * 1.2);
        return chart;
    }

    private XYChart latency() {
        XYChart chart = chart("", "milliseconds, log");
        add(chart, "start latency p50", LIGHT, Course.bySecond(course.starts(), 0.5));
        add(chart, "start latency p99", BLUE, Course.bySecond(course.starts(), 0.99));
        add(chart, "claim p99", ORANGE, Course.bySecond(course.claims(), 0.99));
        chart.getStyler().setYAxisLogarithmic(true);
        return chart;
    }

    private XYChart deadRows() {
        XYChart chart = chart("", "thousand dead rows");
        chart.setXAxisTitle("seconds");
        add(chart, "of jobs", BLUE, readings(reading -> reading.deadJobs() / 1_000.0));
        add(chart, "of claims", ORANGE, readings(reading -> reading.deadClaims() / 1_000.0));
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    private XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(1_000)
                .height(300)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPadding(2)
                .setChartTitleVisible(!title.isEmpty())
                .setChartBackgroundColor(Color.WHITE)
                .setAnnotationLineColor(GREY)
                .setAnnotationLineStroke(new BasicStroke(1))
                .setAnnotationTextFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
                .setAnnotationTextFontColor(GREY);
        chart.getStyler()
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisMin(0.0)
                .setXAxisMax((double) (last - zero))
                .setYAxisLabelAlignment(TextAlignment.Right);
        chart.getStyler().setYAxisLeftWidthHint(90);
        for (Phase phase : course.phases()) {
            chart.addAnnotation(new AnnotationLine(phase.end().at().toEpochSecond() - zero, true, false));
        }
        return chart;
    }

    private Map<Long, Double> seconds(ToDoubleFunction<Course.Second> figure) {
        Map<Long, Double> line = new TreeMap<>();
        course.seconds().forEach(second -> line.put(second.at(), figure.applyAsDouble(second)));
        return line;
    }

    private Map<Long, Double> readings(ToDoubleFunction<Reading> figure) {
        Map<Long, Double> line = new TreeMap<>();
        course.readings().forEach(reading -> line.put(reading.at().toEpochSecond(), figure.applyAsDouble(reading)));
        return line;
    }

    private void add(XYChart chart, String name, Color color, Map<Long, Double> line) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        line.forEach((second, value) -> {
            if (second >= zero && second < last) {
                x.add((double) (second - zero));
                y.add(value);
            }
        });
        chart.addSeries(name, x, y)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(color)
                .setLineWidth(1.6f);
    }

    private static double top(XYChart chart) {
        return chart.getSeriesMap().values().stream()
                .mapToDouble(series -> series.getYMax())
                .max()
                .orElse(1);
    }
}
