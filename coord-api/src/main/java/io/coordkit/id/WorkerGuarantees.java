package io.coordkit.id;

import io.coordkit.ConfigurationException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What a source of worker numbers promises, and under which assumption. Immutable.
 *
 * @param source the source's name, for messages
 * @param promised each promise with the assumption it rests on, in a sentence
 */
public record WorkerGuarantees(String source, Map<WorkerGuarantee, String> promised) {

    public WorkerGuarantees {
        EnumMap<WorkerGuarantee, String> copy = new EnumMap<>(WorkerGuarantee.class);
        copy.putAll(promised);
        promised = Collections.unmodifiableMap(copy);
    }

    /** Whether the source promises it. */
    public boolean has(WorkerGuarantee guarantee) {
        return promised.containsKey(guarantee);
    }

    /**
     * Refuses a source that lacks one of these.
     *
     * @throws ConfigurationException naming every guarantee that is missing, and those the source has
     */
    public void require(Set<WorkerGuarantee> wanted) {
        EnumSet<WorkerGuarantee> missing = EnumSet.noneOf(WorkerGuarantee.class);
        missing.addAll(wanted);
        missing.removeAll(promised.keySet());
        if (!missing.isEmpty()) {
            throw new ConfigurationException("Worker numbers from '" + source + "' do not guarantee " + missing
                    + "; they guarantee " + promised.keySet());
        }
    }
}
