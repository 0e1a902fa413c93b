import type { SavedView } from '../domain/views/saved-view.ts';

export interface SavedViews {
  /** By name. */
  views(): Promise<readonly SavedView[]>;
  /** The same name again replaces what it stood for. */
  saveView(view: SavedView): Promise<void>;
  /** One that is not there is gone already. */
  removeView(name: string): Promise<void>;
}
