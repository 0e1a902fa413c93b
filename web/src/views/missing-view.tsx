import { CloseButton } from '@mantine/core';
import { changeAddress, useSearch } from '../state/place.ts';
import { searchText } from '../state/url-state.ts';

/** A link to a view that is not there any more leads to the first page, which says so. */
export function MissingView() {
  const query = new URLSearchParams(useSearch());
  const name = query.get('no-view');
  if (name === null) return null;
  const forget = (): void => {
    query.delete('no-view');
    changeAddress(`${location.pathname}${searchText(query)}`);
  };
  return (
    <div className="away" role="alert">
      <strong>No view is saved as “{name}”.</strong> It was renamed or deleted; the saved ones are in the menu
      at the top. <CloseButton size="sm" aria-label="Close this message" onClick={forget} />
    </div>
  );
}
