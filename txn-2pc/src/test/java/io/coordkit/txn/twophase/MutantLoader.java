package io.coordkit.txn.twophase;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.pool.TypePool;

/** Loads all that is about transactions anew, with a mistake in one class or another. */
final class MutantLoader extends ClassLoader {
    private static final String PREFIX = "io.coordkit.txn.";

    private final List<Change> changes;

    /** What is wrong with a class. */
    record Change(String type, UnaryOperator<DynamicType.Builder<?>> make) {}

    MutantLoader(List<Change> changes) {
        super(MutantLoader.class.getClassLoader());
        this.changes = List.copyOf(changes);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PREFIX)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        List<Change> here =
                changes.stream().filter(change -> change.type().equals(name)).toList();
        byte[] bytes = here.isEmpty() ? bytes(name) : mutant(name, here);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] mutant(String name, List<Change> here) {
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
        TypeDescription type = TypePool.Default.of(files).describe(name).resolve();
        DynamicType.Builder<?> builder = new ByteBuddy().redefine(type, files);
        for (Change each : here) {
            builder = each.make().apply(builder);
        }
        return builder.make().getBytes();
    }
}
