/* The charts of a desk. */
import * as rateChart from "./modules/rate-chart.js";

export const behaviours = { "rate-chart": rateChart };
