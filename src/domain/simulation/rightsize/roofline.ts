/** What bounds the speed of a chip, from its data sheet. */
export type Roof = Readonly<{
  memoryBandwidthGBs: number;
  /** Dense 16-bit peak; `null` where there is none or it is not published. */
  denseTflops16: number | null;
  memoryGib: number;
}>;

export type SpeedEstimate = Readonly<{
  /** Speed ÷ measured speed on the other chip. */
  low: number;
  expected: number;
  high: number;
  basis: 'bandwidth and arithmetic' | 'bandwidth';
}>;

/**
 * How much faster something measured on one chip may be on another. Time is bounded by bytes ÷ bandwidth, by operations ÷ peak, or
 * by what is not on the chip at all (launches, the host, the network), which another chip does not change. Which of the three it is
 * is not known: the two ratios and 1 are the ends of the range, and the geometric mean of the ends is the estimate.
 *
 * Where a peak is not published the bandwidth alone speaks, within a factor of two. The errors that were found are in the
 * methodology.
 */
export function estimateSpeed(measuredOn: Roof, other: Roof): SpeedEstimate {
  const byBandwidth = other.memoryBandwidthGBs / measuredOn.memoryBandwidthGBs;
  if (measuredOn.denseTflops16 === null || other.denseTflops16 === null) {
    return {
      low: byBandwidth / UNKNOWN_ARITHMETIC,
      expected: byBandwidth,
      high: byBandwidth * UNKNOWN_ARITHMETIC,
      basis: 'bandwidth',
    };
  }
  const byArithmetic = other.denseTflops16 / measuredOn.denseTflops16;
  const low = Math.min(byBandwidth, byArithmetic, 1);
  const high = Math.max(byBandwidth, byArithmetic, 1);
  return { low, expected: Math.sqrt(low * high), high, basis: 'bandwidth and arithmetic' };
}

const UNKNOWN_ARITHMETIC = 2;

/** Whether what took so much memory on one chip fits another, with a tenth left for what allocators and kernels take besides. */
export function fitsMemory(usedGib: number, roof: Roof): boolean {
  return usedGib * 1.1 <= roof.memoryGib;
}
