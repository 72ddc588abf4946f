"""A bank in Spain. Mobile numbers begin with digits that no operator has been assigned."""

from asterism.twin.locales.pack import City, Complaint, Generation, LocalePack, ranked, words

_CITIES = (
    City(
        "Madrid",
        "Madrid",
        ("Centro", "Chamberí", "Salamanca", "Retiro", "Vallecas", "Carabanchel", "Tetuán"),
        40.417,
        -3.704,
        7.0,
        1.3,
    ),
    City(
        "Cataluña",
        "Barcelona",
        ("Eixample", "Gràcia", "Sants", "Sant Andreu", "Horta", "Les Corts"),
        41.387,
        2.170,
        6.0,
        1.25,
    ),
    City(
        "Comunidad Valenciana",
        "Valencia",
        ("Ruzafa", "Benimaclet", "Campanar", "El Carmen"),
        39.470,
        -0.377,
        3.0,
        0.98,
    ),
    City(
        "Andalucía",
        "Sevilla",
        ("Triana", "Nervión", "Macarena", "Los Remedios"),
        37.389,
        -5.984,
        2.6,
        0.9,
    ),
    City("Andalucía", "Málaga", ("Centro", "Teatinos", "El Palo"), 36.721, -4.421, 2.0, 0.9),
    City("Aragón", "Zaragoza", ("Delicias", "Actur", "Casco Histórico"), 41.649, -0.889, 1.8, 1.0),
    City(
        "Región de Murcia",
        "Murcia",
        ("El Carmen", "Vistabella", "La Flota"),
        37.992,
        -1.131,
        1.4,
        0.85,
    ),
    City(
        "País Vasco", "Bilbao", ("Deusto", "Abando", "Indautxu", "Begoña"), 43.263, -2.935, 1.8, 1.2
    ),
    City(
        "Galicia", "A Coruña", ("Monte Alto", "Los Rosales", "Ensanche"), 43.362, -8.411, 1.2, 0.95
    ),
    City(
        "Castilla y León",
        "Valladolid",
        ("Delicias", "Parquesol", "Centro"),
        41.652,
        -4.725,
        1.1,
        0.95,
    ),
    City(
        "Islas Baleares",
        "Palma",
        ("Santa Catalina", "Llevant", "Son Gotleu"),
        39.570,
        2.650,
        1.3,
        1.0,
    ),
    City("Canarias", "Las Palmas", ("Vegueta", "Triana", "Guanarteme"), 28.124, -15.430, 1.2, 0.85),
)

_SINGLE = ranked(
    "García3.2 Rodríguez2.0 González2.0 Fernández2.0 López1.9 Martínez1.8 Sánchez1.7 Pérez1.7 "
    "Gómez1.1 Martín1.1 Jiménez0.9 Hernández0.8 Ruiz0.8 Díaz0.7 Moreno0.7 Muñoz0.6 Álvarez0.6 "
    "Romero0.5 Gutiérrez0.5 Alonso0.5 Navarro0.4 Torres0.4 Domínguez0.4 Ramos0.4 Vázquez0.4 "
    "Ramírez0.4 Gil0.3 Serrano0.3 Blanco0.3 Molina0.3 Suárez0.3 Morales0.3 Ortega0.3 Delgado0.3 "
    "Castro0.3 Ortiz0.3 Rubio0.3 Marín0.3 Sanz0.3 Iglesias0.3 Núñez0.2 Medina0.2 Garrido0.2"
)
#: Two family names, the father's and the mother's.
_SURNAMES = tuple((f"{a} {b}", p * q) for a, p in _SINGLE for b, q in _SINGLE)

_GENERATIONS = (
    Generation(
        1959,
        words(
            "María_Carmen Carmen Josefa Isabel Dolores Francisca "
            "Antonia Pilar Teresa Rosa Ángeles Juana"
        ),
        words("Antonio José Manuel Francisco Juan Jesús Miguel Pedro Ángel Luis Rafael Fernando"),
    ),
    Generation(
        1984,
        words("Ana Cristina Laura Marta Mónica Raquel Silvia Patricia Sonia Elena Beatriz Susana"),
        words(
            "David Javier Daniel Carlos Alejandro Sergio Óscar Rubén Fernando Alberto Pablo Raúl"
        ),
    ),
    Generation(
        9999,
        words("Lucía Paula María Sara Andrea Marina Alba Claudia Irene Carla Nerea Noelia"),
        words("Alejandro Pablo Adrián Álvaro Hugo Mario Diego Marcos Iker Iván Jorge Martín"),
    ),
)

_MERCHANTS = {
    "groceries": ("Supermercado La Plaza", "Mercado Central", "Frutería del Barrio", "La Despensa"),
    "dining": ("Bar La Esquina", "Mesón del Puerto", "Cafetería Sol", "La Tapería"),
    "travel": ("Viajes Horizonte", "Hotel Miramar", "Billetes Aéreos Directo"),
    "transport": ("Metro de la Ciudad", "Autobuses Urbanos", "Trenes Regionales"),
    "fuel": ("Gasolinera Norte", "Recarga Verde"),
    "fashion": ("Moda Brisa", "Calzados Ruiz", "La Percha"),
    "electronics": ("ElectroHogar", "Mundo Móvil"),
    "home": ("Muebles Robledo", "Ferretería Central", "Casa y Jardín"),
    "health": ("Farmacia Central", "Clínica Dental Sonríe", "Óptica Clara"),
    "education": ("Academia Avanza", "Librería Cervantina"),
    "children": ("Guardería Arcoíris", "Juguetería Pinocho"),
    "entertainment": ("Cines Avenida", "Gimnasio Vital", "Teatro Principal"),
    "beauty": ("Peluquería Estilo", "Estética Azahar"),
    "luxury": ("Joyería Real", "Relojería Príncipe"),
    "digital": ("Suscripción de vídeo", "Música en línea", "Nube personal"),
    "utilities": ("Aguas Municipales", "Gas Ibérico", "Luz del Sur"),
    "insurance": ("Seguros Alborada", "Vida Plena Seguros"),
    "gambling": ("Administración de Loterías", "Apuestas Deportivas"),
    "other": ("Servicios Generales", "Punto de Recogida", "Bazar"),
}

_COMPLAINTS = (
    Complaint(
        "Demasiados mensajes",
        ("Dejen de enviarme ofertas cada día.", "Me di de baja y siguen llegando."),
    ),
    Complaint("Llamadas comerciales", ("Me llaman en horario de trabajo para vender fondos.",)),
    Complaint("Espera", ("Una sola ventanilla y una hora de cola.",)),
    Complaint(
        "Fallo de la aplicación",
        ("La aplicación se cierra al transferir.", "No puedo entrar desde la actualización."),
    ),
    Complaint("Comisiones", ("Me cobraron una comisión sin avisar.",)),
    Complaint("Tarjeta", ("No explicaron la cuota anual.",)),
    Complaint("Rentabilidad", ("El producto rindió mucho menos de lo dicho.",)),
    Complaint("Trato", ("Me pasaron tres veces y nadie lo resolvió.",)),
)

ES = LocalePack(
    code="es",
    currency="EUR",
    time_zone="Europe/Madrid",
    middle_income=1650.0,
    language="es",
    cities=_CITIES,
    surnames=_SURNAMES,
    generations=_GENERATIONS,
    name_order="{g} {s}",
    mobile_prefix="79",
    mobile_digits=7,
    mail_domains=("example.com", "mail.example.com", "example.net", "example.org"),
    occupations=(
        "Empleado",
        "Funcionario",
        "Docente",
        "Sanitario",
        "Ingeniero",
        "Obrero",
        "Servicios",
        "Autónomo",
        "Empresario",
        "Profesional libre",
        "Jubilado",
        "Estudiante",
        "Tareas del hogar",
        "Agricultor",
        "Directivo",
    ),
    industries=(
        ("Industria", ("Industrias", "Textil", "Alimentación")),
        ("Tecnología", ("Software", "Redes", "Datos")),
        ("Comercio", ("Comercial", "Distribución")),
        ("Construcción", ("Obras", "Construcciones")),
        ("Educación", ("Colegio", "Formación")),
        ("Sanidad", ("Hospital", "Clínicas")),
        ("Administración pública", ("Ayuntamiento",)),
        ("Finanzas", ("Correduría", "Gestión")),
        ("Logística", ("Transportes", "Logística")),
        ("Hostelería", ("Hoteles", "Restauración")),
    ),
    firm_form="{kind} {stem} {city}",
    firm_stems=(
        "Alborada",
        "Castilla",
        "Levante",
        "Mirador",
        "Roble",
        "Atlas",
        "Ribera",
        "Cumbre",
        "Azahar",
        "Faro",
        "Monteverde",
        "Encina",
    ),
    branch_form="Oficina {district}",
    head_office="Oficina Central",
    merchants=_MERCHANTS,
    billers=(
        "Luz del Sur",
        "Gas Ibérico",
        "Aguas Municipales",
        "Fibra Directa",
        "Contrato Móvil",
        "Comunidad de Propietarios",
    ),
    other_banks=("Banco del Sur", "Caja del Litoral", "Banco Puerto", "Monedero Digital"),
    pension_office="Tesorería de Pensiones",
    own_bank="Este banco",
    house_buyer="Compraventa de vivienda, notaría",
    own_account="Cuenta propia en otra entidad",
    complaints=_COMPLAINTS,
    topics=(
        "Vencimiento de depósito",
        "Ayuda con un pago",
        "Inversiones",
        "Tarjeta de crédito",
        "Préstamo",
        "Tarjeta perdida",
        "Efectivo",
        "Uso de la aplicación",
        "Nómina",
        "Cambio de datos",
    ),
    survey_texts=(
        "Pésimo, me llevo el dinero.",
        "Demasiada espera.",
        "Nada especial.",
        "Bien, cómodo.",
        "Mi gestor fue muy atento.",
        "Excelente, lo recomiendo.",
    ),
    searches=(
        "depósitos",
        "plazo fijo",
        "fondos",
        "tarjeta",
        "amortizar hipoteca",
        "límite de transferencia",
        "pagos",
        "pensiones",
        "puntos",
        "oficina cercana",
    ),
)
