import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { SearchResult, ViewList } from '../../app/results/search.ts';
import type { searchResult, viewList } from './search.ts';

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

it('schemas and results are the same', () => {
  expectTypeOf<Frozen<z.infer<typeof searchResult>>>().toExtend<SearchResult>();
  expectTypeOf<SearchResult>().toExtend<Frozen<z.infer<typeof searchResult>>>();
  expectTypeOf<Frozen<z.infer<typeof viewList>>>().toExtend<ViewList>();
  expectTypeOf<ViewList>().toExtend<Frozen<z.infer<typeof viewList>>>();
});
