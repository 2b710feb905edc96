package io.coordkit.samples.service;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --lock}: the stores in small letters, as the help shows them. */
public final class LockStoreFlag implements ITypeConverter<LockStore> {

    /** For picocli. */
    public LockStoreFlag() {}

    @Override
    public LockStore convert(String value) {
        return Arrays.stream(LockStore.values())
                .filter(store -> store.toString().equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + Arrays.stream(LockStore.values())
                                .map(LockStore::toString)
                                .collect(Collectors.joining(", "))
                        + ", was '" + value + "'"));
    }
}
