import numpy as np
import pytest

from gxview.assess.mit.natural import natural_sets
from gxview.errors import GxviewError
from gxview.genome.sequence import reverse_complement

HEAD = "# a comment\nname\tstrand\tposition\tsigma\n"


def genome_with(boxes, rng):
    """Letters of C and G with -10 boxes, and the place of each box."""
    letters = list(rng.choice(list("CG"), 200 + 300 * len(boxes)))
    places = []
    for number, box in enumerate(boxes):
        place = 250 + 300 * number
        letters[place : place + 6] = box
        places.append(place)
    return "".join(letters), places


@pytest.fixture
def made(tmp_path):
    """A genome with intact and weak boxes and a table of their transcription starts, half of them reverse."""
    letters, places = genome_with(["TATAAT", "TATACT", "TATATT", "TATGCT", "TTTCAT"], np.random.default_rng(1))
    turned = reverse_complement(letters)
    (tmp_path / "g.fa").write_text(f">one\n{letters}\n")
    (tmp_path / "turned.fa").write_text(f">one\n{turned}\n")
    size = len(letters)
    forward = [f"p{place}\tforward\t{place + 12 + 1}\tSigma70\n" for place in places]
    reverse = [f"p{place}\treverse\t{size - (place + 12)}\tSigma70, Sigma38\n" for place in places]
    (tmp_path / "forward.txt").write_text(HEAD + "".join(forward) + "q\tforward\t300\tSigma54\n")
    (tmp_path / "reverse.txt").write_text(HEAD + "".join(reverse))
    return tmp_path, letters, places


@pytest.mark.parametrize(("table", "fasta"), [("forward.txt", "g.fa"), ("reverse.txt", "turned.fa")])
def test_the_minus_10_box_comes_to_lie_at_53_on_either_strand(made, table, fasta):
    folder, letters, places = made
    found = natural_sets(folder / table, folder / fasta)
    windows = {letters[place - 53 : place + 47] for place in places}
    assert found.listed == found.usable == 5
    assert set(found.sets["A"].values()) <= windows
    assert sorted(one[53:59] for one in found.sets["A"].values()) == ["TATAAT", "TATACT", "TATATT"]
    for number, one in found.sets["A"].items():
        assert found.sets["B"][number] == one[:54] + "G" + one[55:]
    assert sorted(one[53:59] for one in found.sets["G"].values()) == ["TATGCT", "TTTCAT"]
    for one in found.sets["G"].values():
        assert one[15:21] == "AAAAAA"
        assert one[50:53] == "TGT"
        assert any(one[:15] == window[:15] and one[59:] == window[59:] for window in windows)
    assert "gives 3 sequences of class A instead of 100" in found.notes[0]


def test_of_equal_boxes_the_one_nearest_to_its_usual_distance_is_taken(tmp_path):
    letters = list("C" * 400)
    letters[184:190] = letters[191:197] = "TATAAT"  # 16 and 9 bases before the start at 200
    letters[300 - 12 : 300 - 6] = "TTTCAT"
    (tmp_path / "g.fa").write_text(f">one\n{''.join(letters)}\n")
    (tmp_path / "t.txt").write_text("strand\tposition\n+\t201\n+\t301\n")
    (window,) = natural_sets(tmp_path / "t.txt", tmp_path / "g.fa").sets["A"].values()
    assert window == "".join(letters[191 - 53 : 191 + 47])


def test_a_table_of_another_genome_is_refused(made):
    folder, letters, places = made
    rows = "".join(f"p\tforward\t{place + 13}\tSigma70\t{letters[place - 40 : place + 20]}\n" for place in places)
    (folder / "t.txt").write_text("name\tstrand\tposition\tsigma\tsequence\n" + rows)
    assert natural_sets(folder / "t.txt", folder / "g.fa").usable == 5
    with pytest.raises(GxviewError, match="lists 5 Sigma70 promoters, of which 0 can be found"):
        natural_sets(folder / "t.txt", folder / "turned.fa")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "p\tupward\t300\tSigma70\n", "line 3: the strand is forward or reverse"),
        (HEAD + "p\tforward\tx\tSigma70\n", "line 3: the position is a whole number from 1 on, not 'x'"),
        (HEAD + "p\tforward\t99999\tSigma70\n", "position 99,999 lies beyond the end of one"),
        (HEAD + "p\tforward\n", "line 3: 2 columns"),
        ("p\tforward\t1\n", "line 1: 3 columns; a table of promoters has the columns of RegulonDB"),
        (HEAD + "p\t\t\tSigma70\np\tforward\t0\tSigma70\n", "lists 0 Sigma70 promoters"),
        (HEAD + "p\tforward\t263\tSigma70\n", "no promoter for class G"),
        ("strand\tposition\tchrom\n+\t263\ttwo\n", "two"),
    ],
)
def test_a_wrong_table_is_told(made, text, words):
    folder, _, _ = made
    (folder / "t.txt").write_text(text)
    with pytest.raises(GxviewError, match=words):
        natural_sets(folder / "t.txt", folder / "g.fa")


def test_a_genome_of_several_sequences_needs_a_column_for_them(made):
    folder, letters, _ = made
    (folder / "two.fa").write_text(f">one\n{letters}\n>two\n{letters}\n")
    with pytest.raises(GxviewError, match="the genome has 2 sequences; the table needs a column chrom"):
        natural_sets(folder / "forward.txt", folder / "two.fa")


def test_regulondb_gives_all_natural_classes(shared):
    table = shared / "data/promoters/regulondb/PromoterSet_10.9.txt.gz"
    found = natural_sets(table, shared / "data/genomes/ecoli/NC_000913.3.fa.gz")
    assert {label: len(members) for label, members in found.sets.items()} == {"A": 100, "B": 100, "G": 50}
    assert (found.listed, found.notes) == (1995, ())
    assert all(sum(a != b for a, b in zip(one[53:59], "TATAAT", strict=True)) <= 1 for one in found.sets["A"].values())
