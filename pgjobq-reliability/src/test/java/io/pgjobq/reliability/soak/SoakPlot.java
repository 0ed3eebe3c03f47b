package io.pgjobq.reliability.soak;

import io.pgjobq.reliability.harness.Form;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws what the worker and the server held over the time. */
final class SoakPlot {

    private final List<Sample> samples;

    private SoakPlot(List<Sample> samples) {
        this.samples = samples;
    }

    /** Draws into a file that is named after the scenario. */
    static void draw(String scenario, List<Sample> samples) {
        SoakPlot plot = new SoakPlot(samples);
        XYChart worker = plot.chart("The worker: heap after a full collection", "megabytes");
        plot.add(worker, "heap", Sample::heapMegabytes);
        XYChart counts = plot.chart("", "number");
        plot.add(counts, "threads", Sample::threads);
        plot.add(counts, "file descriptors", Sample::descriptors);
        plot.add(counts, "connections", Sample::connections);
        XYChart tables = plot.chart("The server: tables with their indexes", "megabytes");
        plot.add(tables, "job", sample -> Sample.megabytes(sample.jobs()));
        plot.add(tables, "claim", sample -> Sample.megabytes(sample.claims()));
        plot.add(tables, "history", sample -> Sample.megabytes(sample.history()));
        tables.setXAxisTitle("seconds");
        Path file = Form.OUTPUT.resolve("plots").resolve(scenario + ".png");
        try {
            Files.createDirectories(file.getParent());
            BitmapEncoder.saveBitmap(List.of(worker, counts, tables), 3, 1, file.toString(), BitmapFormat.PNG);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(1_000)
                .height(280)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setChartTitleVisible(!title.isEmpty());
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    private void add(XYChart chart, String name, ToDoubleFunction<Sample> figure) {
        double[] seconds = samples.stream().mapToDouble(Sample::second).toArray();
        double[] values = samples.stream().mapToDouble(figure).toArray();
        chart.addSeries(name, seconds, values).setMarker(SeriesMarkers.NONE);
    }
}
