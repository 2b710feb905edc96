package io.coordkit.lock;

import io.coordkit.ConfigurationException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What a backend promises, and under which assumption. Immutable.
 *
 * @param backend the backend's name, for messages
 * @param promised each promise with the assumption it rests on, in a sentence
 */
public record LockGuarantees(String backend, Map<LockGuarantee, String> promised) {

    public LockGuarantees {
        EnumMap<LockGuarantee, String> copy = new EnumMap<>(LockGuarantee.class);
        copy.putAll(promised);
        promised = Collections.unmodifiableMap(copy);
    }

    /** Whether the backend promises it. */
    public boolean has(LockGuarantee guarantee) {
        return promised.containsKey(guarantee);
    }

    /**
     * Refuses a backend that lacks one of these.
     *
     * @throws ConfigurationException naming every guarantee that is missing, and those the backend has
     */
    public void require(Set<LockGuarantee> wanted) {
        EnumSet<LockGuarantee> missing = EnumSet.noneOf(LockGuarantee.class);
        missing.addAll(wanted);
        missing.removeAll(promised.keySet());
        if (!missing.isEmpty()) {
            throw new ConfigurationException("Lock backend '" + backend + "' does not guarantee " + missing
                    + "; it guarantees " + promised.keySet());
        }
    }
}
