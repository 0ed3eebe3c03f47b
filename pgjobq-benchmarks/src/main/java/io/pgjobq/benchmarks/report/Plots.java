package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.workloads.HeldSnapshot;
import io.pgjobq.benchmarks.workloads.Idle;
import io.pgjobq.benchmarks.workloads.Steady;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws the medians, in colours that differ for everybody and in grey. */
final class Plots {

    private static final List<Color> COLOURS =
            List.of(new Color(0x1f, 0x5f, 0xa8), new Color(0xd9, 0x6b, 0x0b), new Color(0x8f, 0xb8, 0xde));

    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 420;

    private final Results results;
    private final List<Path> files = new ArrayList<>();

    Plots(Results results) {
        this.results = results;
    }

    /** Draws what there are figures for; returns the files, whose names begin with the path's. */
    List<Path> draw(Path path) {
        bars(
                path,
                "throughput",
                "A backlog, worked off by one node",
                "jobs a second, log",
                "drain",
                List.of(new Bar("jobs a second", Figure::rate)));
        bars(
                path,
                "cpu",
                "CPU a job, sent in bulk and worked off",
                "microseconds, log",
                "drain, with sending",
                List.of(new Bar("server", Figure::serverMicrosPerJob), new Bar("client", Figure::clientMicrosPerJob)));
        bars(
                path,
                "wal",
                "Write-ahead log a job, sent in bulk and worked off",
                "bytes, log",
                "drain, with sending",
                List.of(new Bar("bytes", Figure::walPerJob)));
        latency(path, "idle", new Idle(Idle.Kind.OTHER_PROCESS).title());
        latency(path, "steady-1000", new Steady(1_000).title());
        latency(path, "steady-5000", new Steady(5_000).title());
        tenths(path);
        return files;
    }

    private record Bar(String name, ToDoubleFunction<Figure> measure) {}

    private void latency(Path path, String file, String workload) {
        bars(
                path,
                file,
                "From the commit to the handler's start: " + workload,
                "milliseconds, log",
                workload,
                List.of(
                        new Bar("p50", figure -> figure.latency("p50")),
                        new Bar("p99", figure -> figure.latency("p99")),
                        new Bar("p99.9", figure -> figure.latency("p99.9"))));
    }

    private void bars(Path path, String file, String title, String unit, String workload, List<Bar> bars) {
        List<String> systems = results.systems(workload);
        double least = bars.stream()
                .flatMap(bar -> systems.stream().map(system -> results.median(workload, system, bar.measure())))
                .filter(value -> value > 0)
                .min(Double::compare)
                .orElse(0.0);
        if (least == 0) {
            return;
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        for (Bar bar : bars) {
            chart.addSeries(
                    bar.name(),
                    systems,
                    systems.stream()
                            .map(system -> height(workload, system, bar, least))
                            .toList());
        }
        chart.getStyler().setLabelsVisible(true).setAvailableSpaceFill(0.8);
        chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(floor(least));
        chart.getStyler().setXAxisLabelRotation(systems.size() > 6 ? 20 : 0);
        chart.getStyler().setLabelsFont(chart.getStyler().getLabelsFont().deriveFont(12f));
        chart.getStyler().setLegendVisible(bars.size() > 1);
        style(chart.getStyler());
        save(chart, path, file);
    }

    /** A power of ten below all bars, where an axis without a zero may begin. */
    private static double floor(double least) {
        return Math.pow(10, Math.floor(Math.log10(least * 0.8)));
    }

    /** The median, with three digits, since it is written into the bar. */
    private double height(String workload, String system, Bar bar, double least) {
        double median = results.median(workload, system, bar.measure());
        return median > 0 ? new BigDecimal(median).round(new MathContext(3)).doubleValue() : floor(least);
    }

    private void tenths(Path path) {
        List<String> systems = results.systems(HeldSnapshot.TITLE);
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("A backlog, worked off while a snapshot is held")
                .xAxisTitle("tenth of the jobs")
                .yAxisTitle("jobs a second")
                .build();
        for (String system : systems) {
            List<Double> rates = IntStream.range(0, 10)
                    .mapToObj(i -> results.median(
                            HeldSnapshot.TITLE,
                            system,
                            figure ->
                                    i < figure.tenths().size() ? figure.tenths().get(i) : Double.NaN))
                    .filter(Double::isFinite)
                    .toList();
            if (!rates.isEmpty()) {
                chart.addSeries(
                        system,
                        IntStream.rangeClosed(1, rates.size())
                                .asDoubleStream()
                                .boxed()
                                .toList(),
                        rates);
            }
        }
        if (!chart.getSeriesMap().isEmpty()) {
            chart.getStyler().setYAxisMin(0.0);
            style(chart.getStyler());
            save(chart, path, "snapshot");
        }
    }

    private static void style(AxesChartStyler styler) {
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setDecimalPattern("#,##0.###");
        styler.setLocale(Locale.ROOT);
        styler.setChartBackgroundColor(Color.WHITE)
                .setSeriesColors(COLOURS.toArray(Color[]::new))
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE);
    }

    private void save(Chart<?, ?> chart, Path path, String name) {
        Path file = path.resolveSibling(path.getFileName() + "-" + name + ".png");
        try {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
            files.add(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
