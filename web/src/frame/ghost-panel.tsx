/** The place of a panel whose figures are on their way. */
export function GhostPanel({ title }: Readonly<{ title: string }>) {
  return (
    <div className="ghost ghost-panel">
      <h2>{title}</h2>
    </div>
  );
}
