"""The ``slinb`` command: parses, calls, reports. Each command imports only what it needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slinb import __version__
from slinb.errors import SlinbError

if TYPE_CHECKING:
    from slinb.batch.folders import QuarterFolders
    from slinb.batch.parts import EditionName
    from slinb.batch.quarter import Quarter

SAMPLE_QUARTER = "2025-26-Q3"
_quarter = click.option(
    "--quarter", required=True, metavar="2025-26-Q3", help="Financial-year quarter."
)
_region = click.option(
    "--region", default="East of England", show_default=True, help="Name or code of a region."
)
_edition = click.option(
    "--edition",
    type=click.Choice(["public", "restricted", "both"]),
    default="public",
    show_default=True,
    help="With small numbers suppressed, or with full figures for the directors' group.",
)


class _Group(click.Group):
    """Show a mistake that the user can mend as one plain message, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SlinbError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="slinb")
def main() -> None:
    """Regional sector-led improvement in children's services, from returns to briefings."""
    # A Windows console may not speak UTF-8; a message must not fail for one character.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _open(quarter: str, region: str) -> Quarter:
    from slinb.batch.quarter import find_quarter

    return find_quarter(quarter, region)


def _find(quarter: str, region: str) -> QuarterFolders:
    from slinb.batch.folders import find_folders

    return find_folders(quarter, region)


def _choose(edition: str) -> list[EditionName]:
    from slinb.batch.folders import EDITIONS

    return [name for name in EDITIONS if edition in (name, "both")]


@main.command()
@_quarter
@_region
@_edition
@click.option("--force", is_flag=True, help="Make everything again, whatever has not changed.")
@click.option("--workers", type=click.IntRange(1), help="Processes at work.")
@click.option("--dask", default="", metavar="tcp://HOST:PORT", help="Run on a Dask cluster.")
@click.option(
    "--exchange",
    default="",
    metavar="FOLDER",
    help="Where files go to and from that cluster: a folder that all see, s3://…, abfs://….",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def run(
    quarter: str,
    region: str,
    edition: str,
    force: bool,
    workers: int | None,
    dask: str,
    exchange: str,
    quiet: bool,
) -> None:
    """Make a quarter's briefings from what lies in data/raw."""
    from slinb.batch.run import RunOptions, run_quarter

    options = RunOptions(force, workers, dask, exchange, quiet)
    result = run_quarter(_find(quarter, region), _choose(edition), options)
    for title in result.failed:
        click.echo(f"Failed: {title}. The details are in {result.log}.", err=True)
    if not result.made:
        click.echo("Nothing changed since it was published.", err=True)
    click.echo(result.index)
    sys.exit(1 if result.failed else 0)


@main.command()
@_quarter
@_region
@_edition
@click.option("--force", is_flag=True, help="As `slinb run --force` would have it.")
def plan(quarter: str, region: str, edition: str, force: bool) -> None:
    """Say what `slinb run` would make, and why."""
    from slinb.batch.run import plan_quarter

    verdicts = plan_quarter(_find(quarter, region), _choose(edition), force=force)
    width = max(len(verdict.step) for verdict in verdicts)
    for verdict in verdicts:
        click.echo(f"{verdict.action:5} {verdict.step:{width}}  {verdict.reason}")
    counted = [sum(v.action == action for v in verdicts) for action in ("make", "wait", "keep")]
    click.echo("{} to make, {} that depend on them, {} kept.".format(*counted))


@main.command()
@_quarter
@_region
def status(quarter: str, region: str) -> None:
    """Say how far a run is, from any other window."""
    from dataclasses import replace

    from slinb.batch.lock import is_held
    from slinb.batch.run import status_file
    from slinb.batch.status import read_status

    folders = _find(quarter, region)
    told = read_status(status_file(folders))
    if told and told.state == "running" and not is_held(folders.folder.parent / "run.lock"):
        told = replace(told, state="stopped")
    click.echo(told or f"{quarter} has not been run here.")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--inputs", is_flag=True, help="Compare what it was made from, too.")
def verify(folder: Path, inputs: bool) -> None:
    """Compare a published FOLDER with its manifest."""
    from slinb.batch.manifest import read_manifest, verify_folder
    from slinb.workspace import Workspace

    found = verify_folder(folder, Workspace.find(folder).root if inputs else None)
    for difference in found:
        click.echo(str(difference))
    if not found:
        click.echo(f"{len(read_manifest(folder).outputs)} files are what was published.")
    sys.exit(1 if found else 0)


@main.command()
@click.argument("report", type=click.Path(exists=True, path_type=Path))
@click.argument("cell")
@_region
def trace(report: Path, cell: str, region: str) -> None:
    """Lead from a figure to the files, sheets and cells that it came from.

    REPORT is a page (reports/2025-26-Q3/quarterly-rug.html); CELL says what and where: "cla_rate
    Luton", "S8 Luton", "S6 Essex over 12 months, not UASC", "audits Essex moderation". Words
    that fit several figures are answered with each of them.
    """
    from slinb.batch.trace_report import trace_report

    click.echo(trace_report(report, cell, region))


@main.command("prepare-return")
@click.argument("source", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_quarter
@click.option("--area", required=True, help="Name or code of the authority.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Workbook to write, or a folder for it; the current folder if left out.",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The return as it was sent out or begun; every figure in it is kept.",
)
@click.option(
    "--postcodes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Table of postcodes (ONS, Ordnance Survey) for distances, kept outside the records.",
)
@click.option(
    "--problems",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file for what was found, with files and rows: it stays with you.",
)
def prepare_return(
    source: tuple[Path, ...],
    quarter: str,
    area: str,
    out: Path,
    template: Path | None,
    postcodes: Path | None,
    problems: Path | None,
) -> None:
    """Count an authority's own records (SOURCE: a folder or files) into its quarterly return.

    Works offline; only counts go into the workbook.
    """
    from slinb.batch.folders import parse_quarter
    from slinb.batch.quarter import load_published
    from slinb.catalogue.measures import load_measures
    from slinb.collect.population import find_population
    from slinb.prepare.prepare import find_authority
    from slinb.prepare.prepare import prepare_return as prepare
    from slinb.prepare.report import describe_prepared
    from slinb.workspace import Workspace

    period = parse_quarter(quarter)
    measures = list(load_measures().quarterly())
    published, _ = load_published(Workspace.find())
    prepared = prepare(
        source[0] if len(source) == 1 else source,
        period,
        find_authority(area),
        out,
        template=template,
        postcodes=postcodes,
        measures=measures,
        population=find_population(published, measures, period),
    )
    if problems:
        prepared.counted.problems.to_csv(problems, index=False, encoding="utf-8-sig")
    for line in describe_prepared(prepared):
        click.echo(line)


@main.command()
@click.option("--quarter", default=SAMPLE_QUARTER, show_default=True, help="Quarter to make up.")
@click.option("--seed", type=int, help="Same seed, same figures.")
@click.option("--if-missing", is_flag=True, help="Do nothing if the quarter has returns already.")
@click.option(
    "--records",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep the made-up records behind the deep dives (SSDA903, Annex A, CIN) in a FOLDER.",
)
def sample(quarter: str, seed: int | None, if_missing: bool, records: Path | None) -> None:
    """Write a made-up quarter of returns and the eleven quarters before it, marked SAMPLE."""
    from slinb.batch.folders import parse_quarter
    from slinb.batch.quarter import load_published
    from slinb.catalogue.areas import DEFAULT_REGION, load_areas
    from slinb.sample.audits import write_audits, write_earlier_narratives
    from slinb.sample.dives import count_sample_records
    from slinb.sample.write import DEFAULT_SEED, write_sample
    from slinb.workspace import Workspace

    workspace = Workspace.find()
    period = parse_quarter(quarter)
    folder = workspace.returns(period.id)
    if if_missing and folder.is_dir() and any(folder.iterdir()):
        return
    published, _ = load_published(workspace)
    chosen = DEFAULT_SEED if seed is None else seed
    areas = load_areas().authorities(DEFAULT_REGION)
    counted = count_sample_records(published, period, areas, chosen, folder=records, workers=None)
    written = write_sample(workspace.root, published, period.id, seed=chosen, counted=counted)
    write_audits(workspace.root, period.id, seed=chosen)
    write_earlier_narratives(workspace.root, period.id)
    click.echo(written.folder)


@main.command()
@_quarter
@_region
def template(quarter: str, region: str) -> None:
    """Write the blank return workbooks that are sent to the authorities."""
    from slinb.batch.templates import write_quarter_templates

    for path in write_quarter_templates(_open(quarter, region)):
        click.echo(path)


@main.command()
def measures() -> None:
    """List the measures of the catalogue: id, domain, title, which way is better."""
    from slinb.catalogue.measures import load_measures

    for m in load_measures():
        returned = "quarterly" if m.quarterly else "annual"
        click.echo(f"{m.id:38} {m.domain:34} {returned:10} {m.title} ({m.polarity_words})")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def pack(folder: Path) -> None:
    """Rebuild the published pack from a FOLDER of downloaded DfE files."""
    from slinb.collect.pack import build_pack
    from slinb.workspace import Workspace

    click.echo(build_pack(folder, Workspace.find().published))


@main.command()
@click.argument("words", nargs=-1)
def lab(words: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab (WORDS are passed on to it)."""
    import subprocess

    from slinb.workspace import Workspace

    workspace = Workspace.find()
    command = [sys.executable, "-m", "jupyterlab", str(workspace.notebooks), *words]
    sys.exit(subprocess.run(command, cwd=workspace.root, check=False).returncode)  # noqa: S603


if __name__ == "__main__":
    main()
