"""The word lists of the association tests, as Caliskan, Bryson and Narayanan (2017) published them.

Their supplementary material lists them; they come from psychologists' tests of people, from 1998 on. Names of people
stand for groups in them, and words for illness are sorted by kind. They are kept as they are so that results can be
compared; a group is not a list of names, and nobody is their name.
"""

from __future__ import annotations

from dataclasses import dataclass

FLOWERS = """aster clover hyacinth marigold poppy azalea crocus iris orchid rose bluebell daffodil lilac pansy tulip
buttercup daisy lily peony violet carnation gladiola magnolia petunia zinnia"""
INSECTS = """ant caterpillar flea locust spider bedbug centipede fly maggot tarantula bee cockroach gnat mosquito
termite beetle cricket hornet moth wasp blackfly dragonfly horsefly roach weevil"""
INSTRUMENTS = """bagpipe cello guitar lute trombone banjo clarinet harmonica mandolin trumpet bassoon drum harp oboe
tuba bell fiddle harpsichord piano viola bongo flute horn saxophone violin"""
WEAPONS = """arrow club gun missile spear axe dagger harpoon pistol sword blade dynamite hatchet rifle tank bomb
firearm knife shotgun teargas cannon grenade mace slingshot whip"""
PLEASANT = """caress freedom health love peace cheer friend heaven loyal pleasure diamond gentle honest lucky rainbow
diploma gift honor miracle sunrise family happy laughter paradise vacation"""
UNPLEASANT = """abuse crash filth murder sickness accident death grief poison stink assault disaster hatred pollute
tragedy divorce jail poverty ugly cancer kill rotten vomit agony prison"""
UNPLEASANT_2 = """abuse crash filth murder sickness accident death grief poison stink assault disaster hatred pollute
tragedy bomb divorce jail poverty ugly cancer evil kill rotten vomit"""
FEW_PLEASANT = "joy love peace wonderful pleasure friend laughter happy"
FEW_UNPLEASANT = "agony terrible horrible nasty evil war awful failure"

# The names that the paper used: those too rare for its vectors are left out there, and as many of the other list.
EUROPEAN_AMERICAN = """Adam Harry Josh Roger Alan Frank Justin Ryan Andrew Jack Matthew Stephen Brad Greg Paul Jonathan
Peter Amanda Courtney Heather Melanie Katie Betsy Kristin Nancy Stephanie Ellen Lauren Colleen Emily Megan Rachel"""
AFRICAN_AMERICAN = """Alonzo Jamel Theo Alphonse Jerome Leroy Torrance Darnell Lamar Lionel Tyree Deion Lamont Malik
Terrence Tyrone Lavon Marcellus Wardell Nichelle Shereen Ebony Latisha Shaniqua Jasmine Tanisha Tia Lakisha Latoya
Yolanda Malika Yvette"""
EUROPEAN_AMERICAN_2 = """Brad Brendan Geoffrey Greg Brett Matthew Neil Todd Allison Anne Carrie Emily Jill Laurie
Meredith Sarah"""
AFRICAN_AMERICAN_2 = """Darnell Hakim Jermaine Kareem Jamal Leroy Rasheed Tyrone Aisha Ebony Keisha Kenya Lakisha
Latoya Tamika Tanisha"""
MALE_NAMES = "John Paul Mike Kevin Steve Greg Jeff Bill"
FEMALE_NAMES = "Amy Joan Lisa Sarah Diana Kate Ann Donna"
YOUNG_NAMES = "Tiffany Michelle Cindy Kristy Brad Eric Joey Billy"
OLD_NAMES = "Ethel Bernice Gertrude Agnes Cecil Wilbert Mortimer Edgar"

CAREER = "executive management professional corporation salary office business career"
FAMILY = "home parents children family cousins marriage wedding relatives"
MATHS = "math algebra geometry calculus equations computation numbers addition"
ARTS = "poetry art dance literature novel symphony drama sculpture"
SCIENCE = "science technology physics chemistry Einstein NASA experiment astronomy"
ARTS_2 = "poetry art Shakespeare dance literature novel symphony drama"
MALE = "male man boy brother he him his son"
FEMALE = "female woman girl sister she her hers daughter"
MALE_2 = "brother father uncle grandfather son he his him"
FEMALE_2 = "sister mother aunt grandmother daughter she hers her"
MENTAL = "sad hopeless gloomy tearful miserable depressed"
PHYSICAL = "sick illness influenza disease virus cancer"
TEMPORARY = "impermanent unstable variable fleeting short-term brief occasional"
PERMANENT = "stable always constant persistent chronic prolonged forever"


@dataclass(frozen=True)
class AssociationTest:
    """Two lists of target words and two of attributes, and what the paper found.

    Attributes:
        name: what is compared, "targets x and y, attributes a and b".
        x, y: target words. a, b: attribute words.
        published: the paper's effect size, on GloVe's vectors of 300 numbers from 840 billion words of the web.
    """

    name: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]
    published: float


def _test(name: str, x: str, y: str, a: str, b: str, published: float) -> AssociationTest:
    return AssociationTest(name, *(tuple(words.lower().split()) for words in (x, y, a, b)), published)


# Table 1 of the paper, in its order; vectors here are lower case, so the names are too.
TESTS = (
    _test("flowers, insects: pleasant", FLOWERS, INSECTS, PLEASANT, UNPLEASANT, 1.50),
    _test("instruments, weapons: pleasant", INSTRUMENTS, WEAPONS, PLEASANT, UNPLEASANT, 1.53),
    _test("Eur.-, Afr.-American names: pleasant", EUROPEAN_AMERICAN, AFRICAN_AMERICAN, PLEASANT, UNPLEASANT_2, 1.41),
    _test("other such names: pleasant", EUROPEAN_AMERICAN_2, AFRICAN_AMERICAN_2, PLEASANT, UNPLEASANT_2, 1.50),
    _test("the same names, other attributes", EUROPEAN_AMERICAN_2, AFRICAN_AMERICAN_2, FEW_PLEASANT, FEW_UNPLEASANT,
          1.28),
    _test("male, female names: career, family", MALE_NAMES, FEMALE_NAMES, CAREER, FAMILY, 1.81),
    _test("maths, arts: male, female words", MATHS, ARTS, MALE, FEMALE, 1.06),
    _test("science, arts: male, female words", SCIENCE, ARTS_2, MALE_2, FEMALE_2, 1.24),
    _test("mental, physical illness: brief, lasting", MENTAL, PHYSICAL, TEMPORARY, PERMANENT, 1.38),
    _test("young, old people's names: pleasant", YOUNG_NAMES, OLD_NAMES, FEW_PLEASANT, FEW_UNPLEASANT, 1.21),
)  # fmt: skip
