package org.lkpk.bus;

import org.lkpk.api.bus.Card;

/**
 * A card on its way into a slot.
 *
 * @param provider who gave it, compared by equality when it is taken back
 * @param key symbolic name of the card's bundle
 * @param version of the card's bundle
 */
record Fitting(String slot, Object provider, String key, String version, Card card) { }
