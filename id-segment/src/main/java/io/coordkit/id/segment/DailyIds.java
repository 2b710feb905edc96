package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Segments of a tag per day; the next day's are fetched while it is still yesterday. Thread-safe. */
final class DailyIds implements IdGenerator {
    private static final Duration MIN_LEAD = Duration.ofSeconds(10);
    private static final Duration MAX_LEAD = Duration.ofHours(1);

    private final String tag;
    private final ZoneId zone;
    private final long firstBeyond;
    private final InstantSource clock;
    private final Duration lead;
    private final Function<String, PrefetchedIds> open;
    private final Prefetcher prefetcher;
    private final Consumer<DailyIds> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Day current;
    private @Nullable Day following;
    private volatile boolean closed;

    private DailyIds(
            String tag,
            ZoneId zone,
            int digits,
            InstantSource clock,
            Duration lead,
            Function<String, PrefetchedIds> open,
            Prefetcher prefetcher,
            Consumer<DailyIds> onClose) {
        this.tag = tag;
        this.zone = zone;
        this.firstBeyond = powerOfTen(digits);
        this.clock = clock;
        this.lead = lead;
        this.open = open;
        this.prefetcher = prefetcher;
        this.onClose = onClose;
        this.current = day(LocalDate.ofInstant(clock.instant(), zone));
    }

    static DailyIds open(
            String tag,
            ZoneId zone,
            int digits,
            InstantSource clock,
            Duration runway,
            Function<String, PrefetchedIds> open,
            Prefetcher prefetcher,
            Consumer<DailyIds> onClose) {
        IdTags.require(tag);
        Duration atLeast = runway.compareTo(MIN_LEAD) < 0 ? MIN_LEAD : runway;
        Duration lead = atLeast.compareTo(MAX_LEAD) > 0 ? MAX_LEAD : atLeast;
        return new DailyIds(tag, zone, digits, clock, lead, open, prefetcher, onClose);
    }

    /** @param prefix what its numbers are added to */
    private record Day(LocalDate date, long prepareNextAt, long endsAt, long prefix, PrefetchedIds ids) {}

    private Day day(LocalDate date) {
        long end = date.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli();
        String digits = DateTimeFormatter.BASIC_ISO_DATE.format(date);
        return new Day(
                date, end - lead.toMillis(), end, Long.parseLong(digits) * firstBeyond, open.apply(tag + ":" + digits));
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        while (true) {
            Day day = today();
            long number;
            try {
                number = day.ids.next();
            } catch (IdUnavailableException e) {
                if (!day.date.equals(current.date) && !closed) {
                    continue; // midnight has passed, and its generator was closed
                }
                throw e;
            }
            if (number >= firstBeyond) {
                throw new IdUnavailableException(
                        tag, "the numbers of " + day.date + " are used up: there are " + (firstBeyond - 1), null);
            }
            return day.prefix + number;
        }
    }

    private Day today() {
        if (closed) {
            throw new IdUnavailableException(tag, "the generator is closed", null);
        }
        long now = clock.millis();
        Day day = current;
        return now < day.prepareNextAt ? day : turnedTo(now);
    }

    private Day turnedTo(long now) {
        lock.lock();
        try {
            if (closed) {
                throw new IdUnavailableException(tag, "the generator is closed", null);
            }
            Day day = current;
            if (now >= day.endsAt) {
                Day next = following;
                following = null;
                LocalDate date = LocalDate.ofInstant(clock.instant(), zone);
                if (next == null || next.date.isBefore(date)) {
                    retire(next);
                    next = day(date);
                }
                current = next;
                retire(day);
            } else if (now >= day.prepareNextAt && following == null) {
                following = day(day.date.plusDays(1));
                following.ids.prefetch();
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Closing gives the rest back, which takes a call to the store: not here, where callers wait. */
    private void retire(@Nullable Day day) {
        if (day != null && !prefetcher.run(day.ids::close, 0)) {
            day.ids.close();
        }
    }

    @Override
    public void close() {
        Day last;
        Day next;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            last = current;
            next = following;
            following = null;
        } finally {
            lock.unlock();
        }
        last.ids.close();
        if (next != null) {
            next.ids.close();
        }
        onClose.accept(this);
    }

    private static long powerOfTen(int digits) {
        long power = 1;
        for (int i = 0; i < digits; i++) {
            power *= 10;
        }
        return power;
    }
}
