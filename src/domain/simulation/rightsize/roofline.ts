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
 * How much faster something measured on one chip may be on another, from the roofline: time is bounded by bytes ÷ bandwidth or by
 * operations ÷ peak, whichever is longer. What bounds it is not known, so that the two ratios are the ends of the range and their
 * geometric mean is the estimate. Where a peak is not published the bandwidth alone speaks, and the range is one factor wide on
 * each side that data sheets do not tell: see the methodology for the error that was found.
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
  return {
    low: Math.min(byBandwidth, byArithmetic),
    expected: Math.sqrt(byBandwidth * byArithmetic),
    high: Math.max(byBandwidth, byArithmetic),
    basis: 'bandwidth and arithmetic',
  };
}

const UNKNOWN_ARITHMETIC = 2;

/** Whether what took so much memory on one chip fits another, with a tenth left for what allocators and kernels take besides. */
export function fitsMemory(usedGib: number, roof: Roof): boolean {
  return usedGib * 1.1 <= roof.memoryGib;
}
