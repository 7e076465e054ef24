package org.lkpk.patcher;

import java.io.File;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.lkpk.api.patch.Trust;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** A bundle of headers and files, and the context that lists it. */
final class FakeBundle implements InvocationHandler {
    final Hashtable<String, String> headers = new Hashtable<>();
    final Map<String, File> files;
    long id = 7;
    int state = Bundle.STARTING;
    final Bundle bundle = proxy(Bundle.class, this);

    FakeBundle(Map<String, String> headers, Map<String, File> files) {
        this.headers.putAll(headers);
        this.files = files;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getHeaders" -> headers;
            case "getEntry" -> files.containsKey(arguments[0]) ? files.get(arguments[0]).toURI().toURL() : null;
            case "getVersion" -> Version.parseVersion("1.2.3");
            case "getBundleId" -> id;
            case "getState" -> state;
            case "adapt" -> null;
            case "stop" -> state = Bundle.RESOLVED;
            case "hashCode" -> 7;
            case "equals" -> proxy == arguments[0];
            case "toString" -> "patch bundle";
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    /** A context in which {@code bundles} are installed. */
    static BundleContext context(List<Bundle> bundles) {
        return proxy(BundleContext.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getBundles" -> new ArrayList<>(bundles).toArray(new Bundle[0]);
            case "addBundleListener", "removeBundleListener" -> null;
            case "getServiceReference" -> proxy(ServiceReference.class, (reference, called, none) -> null);
            case "getService" -> proxy(Trust.class, (trust, called, none) -> "the test vouches for it");
            case "ungetService" -> true;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
