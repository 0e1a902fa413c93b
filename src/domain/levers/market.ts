import type { Picos } from '../money/picos.ts';
import type { HolderHour } from './holder-hour.ts';
import type { NodePlace } from './node-place.ts';

/** What a GPU-hour is offered for, where a node is. `null` where no list says. */
export interface MarketPrices {
  onDemand(place: NodePlace, gpuModel: string): Picos | null;
  spot(place: NodePlace, gpuModel: string): Picos | null;
  committed(place: NodePlace, gpuModel: string, term: '1y' | '3y'): Picos | null;
  /** Kinds of GPU that are offered there on demand. */
  offered(place: NodePlace): readonly string[];
}

/** Where the node of each hour is; `null` where nothing says. */
export type PlaceOfHour = (hour: HolderHour) => NodePlace | null;

export function placeOfHours(places: readonly NodePlace[]): PlaceOfHour {
  const key = (one: Readonly<{ node: string; gpuModel: string; lifecycle: string }>) =>
    JSON.stringify([one.node, one.gpuModel, one.lifecycle]);
  const byKey = new Map(places.map((place) => [key(place), place]));
  return (hour) => byKey.get(key(hour)) ?? null;
}

/** What competes for the same money: one kind of GPU at one provider. */
export function marketName(provider: string | null, gpuModel: string): string {
  return `${gpuModel} at ${provider ?? 'an unknown provider'}`;
}
