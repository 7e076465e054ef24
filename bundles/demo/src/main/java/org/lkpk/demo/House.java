package org.lkpk.demo;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/** The framework as the demo uses it: services, and bundles that start and stop as in the Felix shell. */
final class House {
    private final BundleContext context;

    House(BundleContext context) {
        this.context = context;
    }

    /** How many there are beside the framework's own. */
    int bundles() {
        return context.getBundles().length - 1;
    }

    <S> S service(Class<S> type) throws Failure {
        ServiceReference<S> found = context.getServiceReference(type);
        if (found == null) throw new Failure("no bundle offers a " + type.getSimpleName());
        return context.getService(found);
    }

    Bundle bundle(String name) throws Failure {
        for (Bundle bundle : context.getBundles()) if (name.equals(bundle.getSymbolicName())) return bundle;
        throw new Failure("bundle " + name + " is not installed");
    }

    static void start(Bundle bundle) throws Failure {
        try {
            bundle.start();
        } catch (BundleException refused) {
            throw new Failure("start " + bundle.getSymbolicName() + ": " + refused.getMessage());
        }
    }

    static void stop(Bundle bundle) throws Failure {
        try {
            bundle.stop();
        } catch (BundleException refused) {
            throw new Failure("stop " + bundle.getSymbolicName() + ": " + refused.getMessage());
        }
    }
}
