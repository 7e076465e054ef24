package org.lkpk.cpu.host;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Gives native methods machine code, by the JVM's compiler interface (JVMCI): there such a method is called as compiled ones
 * are, in the state of running Java, with objects' addresses as they are. As long as it runs the JVM cannot stop at a safepoint,
 * so that no object moves; it must not last. The interface is asked for by name, since a JVM may have none.
 */
final class Link {
    private final Object metaAccess, codeCache;

    /** Throws if this JVM does not let itself be linked to. */
    Link() throws ReflectiveOperationException {
        Object backend = type("jdk.vm.ci.runtime.JVMCIRuntime").getMethod("getHostJVMCIBackend")
                .invoke(type("jdk.vm.ci.runtime.JVMCI").getMethod("getRuntime").invoke(null));
        metaAccess = type("jdk.vm.ci.runtime.JVMCIBackend").getMethod("getMetaAccess").invoke(backend);
        codeCache = type("jdk.vm.ci.runtime.JVMCIBackend").getMethod("getCodeCache").invoke(backend);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, ClassLoader.getPlatformClassLoader());
    }

    /** Where a field lies in its object, in bytes. */
    int offset(Field field) throws ReflectiveOperationException {
        Object resolved = type("jdk.vm.ci.meta.MetaAccessProvider").getMethod("lookupJavaField", Field.class).invoke(metaAccess, field);
        return (int) type("jdk.vm.ci.meta.ResolvedJavaField").getMethod("getOffset").invoke(resolved);
    }

    /** Where the first element of an array of {@code kind} (Int, Byte) lies in it, in bytes. */
    int arrayBase(String kind) throws ReflectiveOperationException {
        Class<?> kinds = type("jdk.vm.ci.meta.JavaKind");
        return (int) type("jdk.vm.ci.meta.MetaAccessProvider").getMethod("getArrayBaseOffset", kinds)
                .invoke(metaAccess, kinds.getField(kind).get(null));
    }

    /** From now on {@code method}, static and native, is {@code code}. */
    void install(Method method, byte[] code) throws ReflectiveOperationException {
        Object resolved = type("jdk.vm.ci.meta.MetaAccessProvider").getMethod("lookupJavaMethod", Executable.class).invoke(metaAccess, method);
        Constructor<?> constructor = type("jdk.vm.ci.hotspot.HotSpotCompiledNmethod").getConstructors()[0];
        // Name, code and its length; no sites, assumptions, methods, comments; data and its alignment; no patches; immutable
        // code; a frame without size or slot for deoptimization; method, entry, id, environment; nothing of Unsafe's.
        Object[] given = {method.getName(), code, code.length, null, null, null, null, new byte[0], 1, null, true, 0, null, resolved,
            -1, 1, 0L, false};
        Class<?>[] wanted = constructor.getParameterTypes();
        if (wanted.length != given.length) throw new NoSuchMethodException(constructor.toString());
        for (int n = 0; n < given.length; n++)
            if (given[n] == null && wanted[n].isArray()) given[n] = Array.newInstance(wanted[n].getComponentType(), 0);
        Object compiled = constructor.newInstance(given);
        type("jdk.vm.ci.code.CodeCacheProvider").getMethod("setDefaultCode", type("jdk.vm.ci.meta.ResolvedJavaMethod"),
                type("jdk.vm.ci.code.CompiledCode")).invoke(codeCache, resolved, compiled);
    }
}
