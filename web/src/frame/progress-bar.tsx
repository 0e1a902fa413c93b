type ProgressBarProps = Readonly<{
  label: string;
  /** 0–1; `null`: nobody knows. */
  fraction: number | null;
  text: string;
}>;

/** How far something is that takes its time, and the same in words. */
export function ProgressBar({ label, fraction, text }: ProgressBarProps) {
  const percent = fraction === null ? null : Math.floor(fraction * 100);
  return (
    <>
      <div
        className="progress"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent !== null && { 'aria-valuenow': percent })}
        aria-valuetext={text}
        data-unknown={percent === null || undefined}
      >
        <span style={{ width: percent === null ? '30%' : `${percent}%` }} />
      </div>
      <p className="progress-text">{text}</p>
    </>
  );
}
