package org.lkpk.api.patch;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * The activator that every patch bundle names, so that a refused patch does not start. A patch bundle has no code of
 * its own.
 */
public final class PatchActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws BundleException {
        ServiceReference<Patcher> reference = context.getServiceReference(Patcher.class);
        if (reference == null) return; // The patcher applies it when it comes.
        try {
            context.getService(reference).start(context.getBundle());
        } catch (PatchRefused refused) {
            throw new BundleException(refused.getMessage(), BundleException.ACTIVATOR_ERROR);
        } finally {
            context.ungetService(reference);
        }
    }

    @Override
    public void stop(BundleContext context) {
        ServiceReference<Patcher> reference = context.getServiceReference(Patcher.class);
        if (reference == null) return; // A patcher that left has reverted it.
        context.getService(reference).stop(context.getBundle());
        context.ungetService(reference);
    }
}
