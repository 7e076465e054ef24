package org.lkpk.bus;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A prototype-scoped service, which gives every machine and slot an instance of its own.
 *
 * @param key symbolic name of its bundle
 * @param version of its bundle
 */
record Provider<T>(ServiceReference<T> reference, ServiceObjects<T> objects, String key, String version) {
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    /** The provider behind {@code reference}; null if the service has gone meanwhile. */
    static <T> Provider<T> of(BundleContext context, ServiceReference<T> reference) {
        Bundle bundle = reference.getBundle();
        if (bundle == null) return null;
        return new Provider<>(reference, context.getServiceObjects(reference), bundle.getSymbolicName(),
                bundle.getVersion().toString());
    }

    /** A new instance, to be given back by {@link #release}; null if the service is gone or fails. */
    T instance() {
        try {
            return objects == null ? null : objects.getService();
        } catch (IllegalStateException e) {
            LOG.debug("{} is gone", key, e);
            return null;
        }
    }

    void release(T instance) {
        try {
            objects.ungetService(instance);
        } catch (IllegalStateException | IllegalArgumentException e) {
            LOG.debug("{} is gone with its instances", key, e);
        }
    }
}
