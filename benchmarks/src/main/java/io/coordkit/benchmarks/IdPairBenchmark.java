package io.coordkit.benchmarks;

import org.openjdk.jmh.annotations.Threads;

/** The same by two threads at once. */
@Threads(2)
public class IdPairBenchmark extends IdBenchmark {}
