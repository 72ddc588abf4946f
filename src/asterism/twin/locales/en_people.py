"""British cities and names."""

from asterism.twin.locales.pack import City, Generation, ranked, words

CITIES = (
    City(
        "Greater London",
        "London",
        ("Camden", "Islington", "Hackney", "Lambeth", "Ealing", "Croydon", "Barnet", "Greenwich"),
        51.507,
        -0.128,
        9.0,
        1.4,
    ),
    City(
        "West Midlands",
        "Birmingham",
        ("Edgbaston", "Selly Oak", "Erdington", "Northfield"),
        52.486,
        -1.890,
        3.0,
        0.95,
    ),
    City(
        "Greater Manchester",
        "Manchester",
        ("Didsbury", "Chorlton", "Ancoats", "Hulme"),
        53.481,
        -2.243,
        3.2,
        1.0,
    ),
    City(
        "West Yorkshire",
        "Leeds",
        ("Headingley", "Roundhay", "Horsforth", "Morley"),
        53.801,
        -1.549,
        2.2,
        0.97,
    ),
    City(
        "Merseyside",
        "Liverpool",
        ("Wavertree", "Toxteth", "Allerton", "Anfield"),
        53.408,
        -2.991,
        1.8,
        0.9,
    ),
    City(
        "Bristol",
        "Bristol",
        ("Clifton", "Bedminster", "Redland", "Easton"),
        51.455,
        -2.588,
        1.8,
        1.08,
    ),
    City(
        "South Yorkshire",
        "Sheffield",
        ("Hillsborough", "Ecclesall", "Crookes"),
        53.381,
        -1.470,
        1.4,
        0.9,
    ),
    City(
        "Tyne and Wear",
        "Newcastle upon Tyne",
        ("Jesmond", "Gosforth", "Heaton"),
        54.978,
        -1.618,
        1.3,
        0.92,
    ),
    City(
        "Scotland",
        "Edinburgh",
        ("Leith", "Morningside", "Stockbridge", "Portobello"),
        55.953,
        -3.188,
        1.8,
        1.1,
    ),
    City(
        "Scotland",
        "Glasgow",
        ("Partick", "Govan", "Dennistoun", "Shawlands"),
        55.864,
        -4.252,
        1.9,
        0.95,
    ),
    City("Wales", "Cardiff", ("Roath", "Canton", "Cathays"), 51.482, -3.179, 1.2, 0.93),
    City(
        "Northern Ireland", "Belfast", ("Ormeau", "Falls", "Stranmillis"), 54.597, -5.930, 1.0, 0.9
    ),
)

SURNAMES = ranked(
    "Smith1.2 Jones0.9 Taylor0.6 Brown0.6 Williams0.6 Wilson0.5 Johnson0.5 Davies0.5 Patel0.5 "
    "Robinson0.4 Wright0.4 Thompson0.4 Evans0.4 Walker0.4 White0.4 Roberts0.4 Green0.4 Hall0.3 "
    "Thomas0.3 Clarke0.3 Jackson0.3 Wood0.3 Harris0.3 Edwards0.3 Turner0.3 Martin0.3 Cooper0.3 "
    "Hill0.3 Ward0.3 Hughes0.3 Moore0.3 Clark0.3 King0.3 Harrison0.3 Lewis0.3 Baker0.3 Lee0.3 "
    "Allen0.3 Morris0.3 Khan0.3 Scott0.3 Watson0.2 Davis0.2 Parker0.2 James0.2 Bennett0.2 "
    "Young0.2 Phillips0.2 Richardson0.2 Mitchell0.2 Bailey0.2 Carter0.2 Cook0.2 Singh0.2 "
    "Shaw0.2 Bell0.2 Collins0.2 Morgan0.2 Kelly0.2 Begum0.2 Miller0.2 Cox0.2 Hussain0.2 "
    "Marshall0.2 Price0.2 Anderson0.2 Adams0.2 Wilkinson0.2 Ali0.2 Ahmed0.2 Foster0.2 Ellis0.2 "
    "Murphy0.2 Chapman0.2 Mason0.2 Gray0.2 Rogers0.2 Webb0.2 Hunt0.2 Mills0.1 Palmer0.1 Owen0.1"
)

GENERATIONS = (
    Generation(
        1959,
        words(
            "Margaret Patricia Christine Mary Jean Ann Susan "
            "Janet Maureen Barbara Valerie Carol Sandra Pauline"
        ),
        words(
            "John David Michael Peter Robert Anthony Brian "
            "Alan William James Richard Kenneth Roger Colin"
        ),
    ),
    Generation(
        1979,
        words(
            "Susan Julie Karen Jacqueline Deborah Tracey Jane "
            "Helen Diane Sharon Sarah Joanne Nicola Lisa"
        ),
        words(
            "David Paul Andrew Mark John Michael Stephen "
            "Ian Robert Richard Christopher Simon Darren Gary"
        ),
    ),
    Generation(
        1994,
        words(
            "Sarah Laura Gemma Emma Rebecca Claire Victoria "
            "Samantha Rachel Amy Jennifer Nicola Katie Aisha"
        ),
        words(
            "Christopher James David Daniel Michael Matthew Andrew "
            "Richard Paul Mark Thomas Adam Robert Imran"
        ),
    ),
    Generation(
        9999,
        words(
            "Jessica Chloe Emily Sophie Olivia Megan Charlotte "
            "Lauren Amelia Ella Grace Lucy Zara Freya"
        ),
        words(
            "Jack Thomas Joshua Daniel James Harry Oliver "
            "Samuel Joseph William George Callum Mohammed Alfie"
        ),
    ),
)
