package io.coordkit.samples.order;

import io.coordkit.samples.proto.Line;
import java.util.List;

/**
 * An order that was found to be in order.
 *
 * @param lines sorted by SKU, each SKU once
 */
record NewOrder(String orderNo, String customer, List<Line> lines, long amountCents) {}
